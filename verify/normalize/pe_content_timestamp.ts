/**
 * `pe-content-timestamp`: a time stamp that is a hash: every stamp of an image
 * with a REPRO debug entry, and that of a portable PDB's CodeView entry.
 *
 * Specification: PE Format, "Debug Type", IMAGE_DEBUG_TYPE_REPRO: stamps "are
 * filled with part or all the bits from a calculated hash value that uses PE
 * file content as input". .NET runtime, "PE/COFF Specification Addendum":
 * GUID and stamp together are the id of a portable PDB.
 *
 * Safe because the loader does not act on it. Not recomputed: the algorithm is
 * the linker's own affair, so it only counts as derived from differences that
 * are explained on their own.
 *
 * Must not hide: that a linker which promises the same bytes gave others. A
 * stamp of this kind with no other difference is for a person to look at.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp } from "./pe_stamp.ts";
import { toHex } from "../format/pe_der.ts";

/** The `pe-content-timestamp` normaliser. */
export const peContentTimestamp: Normalizer = {
  id: "pe-content-timestamp",
  format: "pe",
  action: "derive",
  summary: "time stamp that is a hash of the content",
  valid: isStamp,
  derive: () => "not-recomputed",
  show: (bytes) =>
    bytes.some((byte) => byte !== 0) ? `hash ${toHex(bytes)}` : "none",
};
