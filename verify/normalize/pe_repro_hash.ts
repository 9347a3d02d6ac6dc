/**
 * `pe-repro-hash`: the hash in a REPRO debug entry.
 *
 * Specification: PE Format, "Debug Type", IMAGE_DEBUG_TYPE_REPRO (16): "empty,
 * or may contain a calculated hash value preceded by a four-byte value that
 * represents the hash value length".
 *
 * Safe because nothing but tools reads it. Not recomputed: the linker does not
 * publish how it is made, so it only counts as derived from differences that
 * are explained on their own.
 *
 * Must not hide: its length, a field of its own, or that it alone differs.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { toHex } from "../format/pe_der.ts";

const HASH_BYTES_MAX = 64;

/** The `pe-repro-hash` normaliser. */
export const peReproHash: Normalizer = {
  id: "pe-repro-hash",
  format: "pe",
  action: "derive",
  summary: "hash by which a linker vouches for a reproducible image",
  valid: (bytes) => bytes.length > 0 && bytes.length <= HASH_BYTES_MAX,
  derive: () => "not-recomputed",
  show: toHex,
};
