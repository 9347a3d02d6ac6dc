/**
 * CRC16, the low half of the CRC32 over the header (RFC 1952 section 2.3.1).
 *
 * It follows from other bytes of the same member, which are compared on their
 * own, and is computed again on both sides while inflating. A value that does
 * not agree is never accounted for.
 *
 * Must not hide: a checksum that is not that of the header, or any other field
 * of it.
 *
 * @module
 */

import { gzipDerivation } from "./gzip_derivation.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `gzip-header-crc` normaliser. */
export const gzipHeaderCrc: Normalizer = {
  id: "gzip-header-crc",
  format: "gzip",
  action: "derive",
  summary: "CRC16 of the header in a gzip file, computed again",
  valid: (bytes) => bytes.length === 2,
  derive: gzipDerivation,
};
