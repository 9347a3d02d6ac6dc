/**
 * MTIME of a gzip header, offset 4, four bytes (RFC 1952 section 2.3.1):
 * seconds since 1970, or 0 for none.
 *
 * Safe because no reader uses it but to set the time of the file that it
 * writes. Every value is a time, so there is no grammar to break.
 *
 * Must not hide: flags, optional fields or contents; it covers four bytes and
 * no more.
 *
 * @module
 */

import { littleEndian, secondsText } from "./show.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `gzip-mtime` normaliser. */
export const gzipMtime: Normalizer = {
  id: "gzip-mtime",
  format: "gzip",
  action: "mask",
  summary: "Time in a gzip header",
  valid: (bytes) => bytes.length === 4,
  show: (bytes) =>
    bytes.every((byte) => byte === 0) ? "none" : secondsText(
      littleEndian(bytes),
    ),
};
