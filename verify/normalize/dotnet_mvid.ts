/**
 * `dotnet-mvid`: the module version id of a managed image.
 *
 * Specification: ECMA-335 6th edition II.22.30 (Module table, column Mvid: it
 * identifies this instance of the module and can be ignored on read by
 * conforming implementations), II.24.2.5 (`#GUID` heap).
 *
 * Safe because, as II.22.30 notes, the execution system makes no use of it;
 * debuggers do. A deterministic compiler derives it from the content, others
 * draw it at random. Not recomputed: the hash is the compiler's own affair.
 *
 * Must not hide: any other GUID of the heap, or another index of the row.
 * Programs can read it by reflection (Module.ModuleVersionId); one that does
 * behaves differently under two ids, as with any build stamp.
 *
 * @module
 */

import { showGuid } from "./pe_guid.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `dotnet-mvid` normaliser. */
export const dotnetMvid: Normalizer = {
  id: "dotnet-mvid",
  format: "pe",
  action: "derive",
  summary: "module version id of a managed image",
  valid: (bytes) => bytes.length === 16 && bytes.some((byte) => byte !== 0),
  derive: () => "not-recomputed",
  show: showGuid,
};
