/**
 * `pe-content-timestamp`: a time stamp that is a hash: every stamp of an image
 * with a REPRO debug entry, and that of a portable PDB's CodeView entry.
 *
 * Specification: PE Format, "Debug Type", IMAGE_DEBUG_TYPE_REPRO: stamps "are
 * filled with part or all the bits from a calculated hash value that uses PE
 * file content as input". .NET runtime, "PE/COFF Specification Addendum":
 * GUID and stamp together are the id of a portable PDB.
 *
 * Safe because the loader does not act on it. Computed again where the hash is
 * that of a known compiler: the COFF stamp of a managed image from the image,
 * the CodeView stamp from the checksum of the PDB. Elsewhere the algorithm is
 * the linker's own affair, and the stamp only counts as derived from
 * differences that are explained on their own.
 *
 * Must not hide: that a linker which promises the same bytes gave others. A
 * stamp of this kind with no other difference is for a person to look at.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { sameBytes, toHex } from "../format/pe_der.ts";
import type { Reader } from "../reader.ts";
import { contentIds } from "./dotnet_content_id.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { pdbIds } from "./pe_pdb.ts";
import { isStamp } from "./pe_stamp.ts";

/** The `pe-content-timestamp` normaliser. */
export const peContentTimestamp: Normalizer = {
  id: "pe-content-timestamp",
  format: "pe",
  action: "derive",
  summary: "time stamp that is a hash of the content",
  valid: isStamp,
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const ids = field.path === "pe/coff/timestamp" && isManaged(layout)
      ? contentIds(reader, layout)
      : field.path === "pe/debug/codeview/entry/timestamp"
      ? pdbIds(reader, layout)
      : [];
    const stamp = reader.read(field.offset, field.length).slice();
    return ids.some((id) => sameBytes(id.stamp, stamp))
      ? "agrees"
      : "not-recomputed";
  },
  show: (bytes) =>
    bytes.some((byte) => byte !== 0) ? `hash ${toHex(bytes)}` : "none",
};

function isManaged(layout: Layout): boolean {
  return layout.fields.some((field) => field.path === "pe/dotnet/#GUID/mvid");
}
