/**
 * ISIZE, the size of the decoded bytes modulo 2^32 (RFC 1952 section 2.3.1).
 *
 * It follows from other bytes of the same member, which are compared on their
 * own, and is computed again on both sides while inflating. A value that does
 * not agree is never accounted for.
 *
 * Must not hide: a size that is not that of the decoded bytes, or those bytes.
 *
 * @module
 */

import { gzipDerivation } from "./gzip_derivation.ts";
import type { Normalizer } from "./normalizer.ts";
import { littleEndian } from "./show.ts";

/** The `gzip-isize` normaliser. */
export const gzipIsize: Normalizer = {
  id: "gzip-isize",
  format: "gzip",
  action: "derive",
  summary: "Size of the contents in a gzip file, computed again",
  valid: (bytes) => bytes.length === 4,
  derive: gzipDerivation,
  show: (bytes) => String(littleEndian(bytes)),
};
