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
    meaning:
      "A list that coreutils may read in another way proves nothing.",
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
} as const satisfies Record<
  string,
  CatalogueEntry
>;
