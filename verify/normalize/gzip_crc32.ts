/**
 * CRC32 of the decoded bytes (RFC 1952 section 2.3.1).
 *
 * It follows from other bytes of the same member, which are compared on their
 * own, and is computed again on both sides while inflating. A value that does
 * not agree is never accounted for.
 *
 * Must not hide: a checksum that is not that of the decoded bytes, or those
 * bytes.
 *
 * @module
 */

import { gzipDerivation } from "./gzip_derivation.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `gzip-crc32` normaliser. */
export const gzipCrc32: Normalizer = {
  id: "gzip-crc32",
  format: "gzip",
  action: "derive",
  summary: "CRC32 of the contents in a gzip file, computed again",
  valid: (bytes) => bytes.length === 4,
  derive: gzipDerivation,
};
