/**
 * XFL of a gzip header, offset 8, one byte (RFC 1952 section 2.3.1): for
 * deflate 2 means slowest and 4 fastest compression.
 *
 * Safe because it says how the encoder worked and no reader uses it. Other
 * values than 0, 2 and 4 have no meaning for deflate and are never masked.
 *
 * Must not hide: flags, optional fields or contents; it covers one byte and no
 * more.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `gzip-xfl` normaliser. */
export const gzipXfl: Normalizer = {
  id: "gzip-xfl",
  format: "gzip",
  action: "mask",
  summary: "Compression hint in a gzip header",
  valid: (bytes) => bytes.length === 1 && [0, 2, 4].includes(bytes[0] ?? -1),
  show: (bytes) =>
    ({ 0: "0 (default)", 2: "2 (slowest)", 4: "4 (fastest)" })[
      bytes[0] ?? -1
    ] ?? String(bytes[0]),
};
