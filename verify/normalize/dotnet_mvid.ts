/**
 * `dotnet-mvid`: the module version id of a managed image.
 *
 * Specification: ECMA-335 6th edition II.22.30 (Module table, column Mvid: it
 * identifies this instance of the module and can be ignored on read by
 * conforming implementations), II.24.2.5 (`#GUID` heap).
 *
 * Safe because, as II.22.30 notes, the execution system makes no use of it;
 * debuggers do. A deterministic compiler derives it from the content: where
 * the hash is that of a known compiler it is computed again and agrees. Other
 * values are random or another tool's, and only count as derived from
 * differences that are explained on their own.
 *
 * Must not hide: any other GUID of the heap, or another index of the row.
 * Programs can read it by reflection (Module.ModuleVersionId); one that does
 * behaves differently under two ids, as with any build stamp.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { sameBytes } from "../format/pe_der.ts";
import type { Reader } from "../reader.ts";
import { contentIds } from "./dotnet_content_id.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { showGuid } from "./pe_guid.ts";

/** The `dotnet-mvid` normaliser. */
export const dotnetMvid: Normalizer = {
  id: "dotnet-mvid",
  format: "pe",
  action: "derive",
  summary: "module version id of a managed image",
  valid: (bytes) => bytes.length === 16 && bytes.some((byte) => byte !== 0),
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const mvid = reader.read(field.offset, field.length).slice();
    return contentIds(reader, layout).some((id) => sameBytes(id.guid, mvid))
      ? "agrees"
      : "not-recomputed";
  },
  show: showGuid,
};
