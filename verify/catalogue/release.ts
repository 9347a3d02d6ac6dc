/**
 * Codes of release directories, checksums and packing.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of release directories, checksums and packing. */
export const RELEASE_CODES = {
  "output-exists": {
    title: "The output is already there",
    meaning: "Nothing is overwritten by different bytes.",
    next: "Choose another path, or remove what is there if you are sure.",
    waivable: false,
  },
  "output-not-writable": {
    title: "The output cannot be written",
    meaning:
      "The directory is missing, protected or full; nothing was left behind.",
    next: "Check the path, its permissions and the free space.",
    waivable: false,
  },
  "checksums-invalid": {
    title: "The checksum list is not canonical",
    meaning: "A list that coreutils may read in another way proves nothing.",
    next: "Take the list from the release again; do not edit it.",
    waivable: false,
  },
  "entries-limit": {
    title: "Too many entries",
    meaning:
      "The directory or archive holds more entries than the limit, so it was not checked.",
    next: "Check a smaller part, or split it.",
    waivable: false,
  },
  "bundle-not-canonical": {
    title: "A bundle is not in its canonical form",
    meaning:
      "Another reader may see other files in it, so its contents were not accepted.",
    next:
      "Take the bundle from the release again, or pack it with reproof release.",
    waivable: false,
  },
  "expansion-limit": {
    title: "An archive expands beyond the limit",
    meaning: "It looks like a decompression bomb, so reading stopped.",
    next: "Treat the file as hostile.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
