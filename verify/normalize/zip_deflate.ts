/**
 * `zip-deflate`: the compressed form of a zip entry.
 *
 * Specification: PKWARE APPNOTE 6.3.10, section 4.4.5, method 8; RFC 1951. One
 * content has many encodings: level, block split and library version change
 * the bytes.
 *
 * Safe because comparison inflates both sides and compares what they hold;
 * this normaliser accounts for the encoding alone, when the contents are equal
 * byte for byte.
 *
 * Must not hide: a stream that does not decode, bytes behind its end within
 * the entry, another method, or any difference of the contents: these are
 * findings of their own.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Compressed form of a zip entry. */
export const zipDeflate: Normalizer = {
  id: "zip-deflate",
  format: "zip",
  action: "derive",
  summary: "compressed form of zip entries of equal contents",
  valid: () => true,
};
