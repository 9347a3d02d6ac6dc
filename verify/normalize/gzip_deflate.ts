/**
 * The deflate streams of a gzip file (RFC 1951). One content has many
 * encodings: level, block split and library version change the bytes.
 *
 * Safe because comparison inflates both sides and compares what they hold;
 * this normaliser accounts for the encoding alone, when the contents are equal
 * byte for byte. Where they differ, each difference inside needs an account of
 * its own and the encoding follows from them. It must not hide a stream that
 * does not decode, or data behind its end: both are problems of the layout.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `gzip-deflate` normaliser. */
export const gzipDeflate: Normalizer = {
  id: "gzip-deflate",
  format: "gzip",
  action: "derive",
  summary: "Compressed form of equal or accounted contents",
  valid: () => true,
};
