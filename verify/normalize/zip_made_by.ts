/**
 * `zip-made-by`: the version of the specification that the writer supports.
 *
 * Specification: PKWARE APPNOTE 6.3.10, section 4.4.2.1 and 4.4.2.3: the lower
 * byte of "version made by", ten times the version.
 *
 * Safe because it says what the writer could do, not what the entry needs; that
 * is "version needed to extract", which is content.
 *
 * Must not hide: the upper byte, the host system, which gives the external
 * attributes their meaning (section 4.4.2.2): with it modes and symbolic links
 * come and go. It is content. Values that are no version are never masked.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Version of the writer of a zip entry. */
export const zipMadeBy: Normalizer = {
  id: "zip-made-by",
  format: "zip",
  action: "mask",
  summary: "version of the software that made a zip entry",
  valid(bytes: Uint8Array): boolean {
    const [version] = bytes;
    return bytes.length === 1 && version !== undefined && version <= 99;
  },
  show(bytes: Uint8Array): string {
    return ((bytes[0] ?? 0) / 10).toFixed(1);
  },
};
