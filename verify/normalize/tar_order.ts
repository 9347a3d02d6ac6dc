/**
 * Order of the entries of a tar archive. The format gives it a meaning in three
 * cases: a later entry replaces an earlier one of the same name, a hard link
 * needs its target before it, and a global header reaches all that follows
 * (POSIX.1-2017, pax). Elsewhere it is what the file system happened to list.
 *
 * Safe when both sides hold the same names, each once, every hard link follows
 * its target, and no global header is among them; comparison checks that
 * before it asks. It must not hide
 * an entry that is missing, added or doubled. There are no bytes of its own:
 * the field is the list of names.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `tar-order` normaliser. */
export const tarOrder: Normalizer = {
  id: "tar-order",
  format: "tar",
  action: "mask",
  summary: "Order of the entries of a tar archive",
  valid: () => true,
};
