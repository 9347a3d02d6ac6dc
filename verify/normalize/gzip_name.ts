/**
 * FNAME of a gzip header, a text that ends with NUL, and the bit of FLG that
 * says it is there (RFC 1952 section 2.3.1).
 *
 * Safe because readers that use it use it only to name the file they write
 * when asked to. Of FLG it accounts for the presence of optional fields alone:
 * each of them is a field of its own, so one that is present on one side only
 * is still a difference. It must not hide reserved flags, control characters,
 * or a name that is a path.
 *
 * @module
 */

import { GZIP_FLAG } from "../format/gzip_stream.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `gzip-name` normaliser. */
export const gzipName: Normalizer = {
  id: "gzip-name",
  format: "gzip",
  action: "mask",
  summary: "Original file name in a gzip header",
  valid: (bytes) => bytes.length === 1 ? isFlags(bytes) : isName(bytes),
  show: (bytes) =>
    bytes.length === 1
      ? `flags ${bytes[0]}`
      : `"${String.fromCharCode(...bytes.subarray(0, -1))}"`,
};

const PRESENCE = GZIP_FLAG.extra | GZIP_FLAG.name | GZIP_FLAG.comment |
  GZIP_FLAG.headerCrc;

function isFlags(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0xff) & ~PRESENCE) === 0;
}

/** Latin-1 without controls, separators or parent directories. */
function isName(bytes: Uint8Array): boolean {
  if (bytes.length > 256 || bytes.at(-1) !== 0) return false;
  const name = bytes.subarray(0, -1);
  return name.every((byte) =>
    byte >= 0x20 && !(byte >= 0x7f && byte < 0xa0) && byte !== 0x2f &&
    byte !== 0x5c
  ) && !(name.length === 2 && name[0] === 0x2e && name[1] === 0x2e);
}
