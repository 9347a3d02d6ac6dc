/**
 * `dotnet-strong-name`: the strong-name signature of a managed image.
 *
 * Specification: ECMA-335 6th edition II.6.2.1.3 (the signature covers the
 * file but itself, with CheckSum and the certificate entry taken as zero) and
 * II.25.3.3 (its directory in the CLI header).
 *
 * Safe because it is a signature over the other bytes: where they differ, it
 * must. Not recomputed and not verified here, so it only counts as derived
 * from differences that are explained on their own.
 *
 * Must not hide: another key (content of the Assembly row), another length,
 * the flag that says whether the image is signed, or room that is reserved for
 * a signature but not flagged as one.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { toHex } from "../format/pe_der.ts";

/** The `dotnet-strong-name` normaliser. */
export const dotnetStrongName: Normalizer = {
  id: "dotnet-strong-name",
  format: "pe",
  action: "derive",
  summary: "strong-name signature of a managed image",
  valid: (bytes) => bytes.length >= 64 && bytes.length <= 1024,
  derive: () => "not-recomputed",
  show: (bytes) => `signature ${toHex(bytes.subarray(0, 8))}…`,
};
