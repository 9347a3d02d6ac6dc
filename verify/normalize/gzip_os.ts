/**
 * OS of a gzip header, offset 9, one byte (RFC 1952 section 2.3.1): the
 * system on which the file was made, 0 to 13, or 255 for unknown.
 *
 * Safe because readers use it at most to convert line ends of text, which none
 * in use does. Values without a meaning are never masked.
 *
 * Must not hide: flags, optional fields or contents; it covers one byte and no
 * more.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `gzip-os` normaliser. */
export const gzipOs: Normalizer = {
  id: "gzip-os",
  format: "gzip",
  action: "mask",
  summary: "Operating system in a gzip header",
  valid: (bytes) => bytes.length === 1 && isKnown(bytes[0] ?? -1),
  show: (bytes) => `${bytes[0]} (${NAMES.get(bytes[0] ?? -1) ?? "other"})`,
};

const NAMES = new Map([[0, "FAT"], [3, "Unix"], [7, "Macintosh"], [
  11,
  "NTFS",
], [255, "unknown"]]);

function isKnown(value: number): boolean {
  return (value >= 0 && value <= 13) || value === 255;
}
