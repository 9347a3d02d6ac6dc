/**
 * `zip-order`: the order of the entries of a zip archive, of their data and in
 * the central directory.
 *
 * Specification: PKWARE APPNOTE 6.3.10, section 4.3.1: entries may be in any
 * order; they are found through the central directory.
 *
 * Safe when both sides hold the same names, each once; comparison checks that
 * before it asks, and a repeated name is a problem of the layout. There are no
 * bytes of its own: the field is the list of names.
 *
 * Must not hide: an entry that is missing, added, doubled, or out of the
 * directory. Readers that take entries in file order do observe it: that a
 * JAR's manifest or the `mimetype` of EPUB and OpenDocument stands in front is
 * an empty field of content of its own.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Order of the entries of a zip archive. */
export const zipOrder: Normalizer = {
  id: "zip-order",
  format: "zip",
  action: "mask",
  summary: "order of the entries of a zip archive",
  valid: () => true,
};
