/**
 * `pe-rsds-age`: how often the PDB of an image was written.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum", CodeView
 * Debug Directory Entry (type 2): age at 20; the first iteration is 1, each
 * addition to the PDB counts one more. An incremental link on top of an older
 * PDB gives a higher age.
 *
 * Safe because only debuggers read it. Not recomputed: it follows from the
 * history of the PDB.
 *
 * Must not hide: an age of 0 or one that no history explains; past 65 535 the
 * four bytes are not taken for an age.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, stampValue } from "./pe_stamp.ts";

const AGE_MAX = 0xffff;

/** The `pe-rsds-age` normaliser. */
export const peRsdsAge: Normalizer = {
  id: "pe-rsds-age",
  format: "pe",
  action: "derive",
  summary: "age of the PDB of an image",
  valid: (bytes) =>
    isStamp(bytes) && stampValue(bytes) >= 1 && stampValue(bytes) <= AGE_MAX,
  derive: () => "not-recomputed",
  show: (bytes) => isStamp(bytes) ? `${stampValue(bytes)}` : "not an age",
};
