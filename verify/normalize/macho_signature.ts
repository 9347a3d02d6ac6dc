/**
 * `macho-signature`: a code signature that one file has and the other lacks, or
 * another signature of the same file.
 *
 * Specification: `osfmk/kern/cs_blobs.h` and `mach-o/loader.h` of XNU.
 *
 * Safe because the whole relation is checked byte for byte before anything is
 * accounted for (`compare/signed_macho.ts`): the signature covers exactly the
 * file that the other side holds.
 *
 * Must not hide: any other byte, a hash that is wrong, or what the signature
 * says: kind, identifier, team, flags and parts are shown, because flags and
 * entitlements change what the system lets the program do. Whose signature it
 * may be, and whether it holds, is for the signature checks to judge.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** A code signature over the same file. */
export const machoSignature: Normalizer = {
  id: "macho-signature",
  format: "macho",
  action: "derive",
  summary: "code signature over the same Mach-O file",
  valid: (bytes) => bytes.length > 0,
  // No field names it: it accounts for a relation of two files.
  derive: () => "disagrees",
};
