/**
 * `pe-rsds-guid`: the GUID of the PDB that belongs to an image.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum", CodeView
 * Debug Directory Entry (type 2): GUID at 4, behind the signature `RSDS`.
 * Random in a build that is not deterministic, else a hash of the PDB.
 *
 * Safe because only debuggers read it, to find the PDB. Where the image holds
 * the checksum of a portable PDB, the GUID of a deterministic compiler is made
 * of it, is computed again and agrees. Others are random or a hash of the
 * linker's own, and only count as derived from differences that are explained
 * on their own.
 *
 * Must not hide: the path of the PDB behind it, which leaks the build
 * directory and is content, or the signature in front of it.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { sameBytes } from "../format/pe_der.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { showGuid } from "./pe_guid.ts";
import { pdbIds } from "./pe_pdb.ts";

/** The `pe-rsds-guid` normaliser. */
export const peRsdsGuid: Normalizer = {
  id: "pe-rsds-guid",
  format: "pe",
  action: "derive",
  summary: "id of the PDB of an image",
  valid: (bytes) => bytes.length === 16,
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const guid = reader.read(field.offset, field.length).slice();
    return pdbIds(reader, layout).some((id) => sameBytes(id.guid, guid))
      ? "agrees"
      : "not-recomputed";
  },
  show: showGuid,
};
