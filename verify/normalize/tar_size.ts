/**
 * Size of a tar entry at offset 124 (POSIX.1-2017, pax, "ustar Interchange
 * Format"). The body that it frames is compared on its own, and the next header
 * was found right behind it, so the size says nothing that the body does not.
 *
 * It accounts for a size only where the bodies differ in length and that
 * difference has an account of its own, as for a compressed archive within the
 * archive. It must not hide a size that is no number, or one whose body leaves
 * the file: that is a problem of the walk.
 *
 * @module
 */

import { tarNumber } from "../format/tar_number.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `tar-size` normaliser. */
export const tarSize: Normalizer = {
  id: "tar-size",
  format: "tar",
  action: "derive",
  summary: "Size of a tar entry, which follows from its body",
  valid: (bytes) => (tarNumber(bytes) ?? -1) >= 0,
  // The walk found a header or the end exactly behind the body of this size.
  derive: () => "agrees",
  show: (bytes) => `${tarNumber(bytes)} bytes`,
};
