/**
 * Time in tar headers: `mtime` at offset 136 (POSIX.1-2017, pax, "ustar
 * Interchange Format"). Seconds since 1970.
 *
 * Safe because the time of a file changes nothing of what it holds or may do.
 * It must not hide anything but a number: bytes that are neither octal nor
 * base-256 are never masked, nor are `atime` and `ctime` of old GNU headers
 * (offsets 345 and 357), which some readers take for a prefix of the name.
 *
 * @module
 */

import { tarNumber } from "../format/tar_number.ts";
import { secondsText } from "./show.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `tar-mtime` normaliser. */
export const tarMtime: Normalizer = {
  id: "tar-mtime",
  format: "tar",
  action: "mask",
  summary: "Modification time of tar entries",
  valid: (bytes) => tarNumber(bytes) !== undefined,
  show: (bytes) => secondsText(tarNumber(bytes)),
};
