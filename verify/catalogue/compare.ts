/**
 * Codes of layouts, normalisers and comparison.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of layouts, normalisers and comparison. */
export const COMPARE_CODES = {
  "layout-truncated": {
    title: "A file ends inside a structure",
    meaning:
      "A header, entry or stream needs more bytes than the file holds, so the rest could not be laid out.",
    next: "Treat the file as damaged; fetch or build it again.",
    waivable: false,
  },
  "layout-out-of-range": {
    title: "A structure points outside its file",
    meaning:
      "A size or offset leads past the end of the file; what it describes counts as content.",
    next: "Treat the file as damaged; fetch or build it again.",
    waivable: false,
  },
  "layout-overlap": {
    title: "Two structures claim the same bytes",
    meaning:
      "Headers describe overlapping ranges, so readers may disagree on what the file holds.",
    next: "Look at the two fields named; a sound producer never writes this.",
    waivable: false,
  },
  "layout-invalid": {
    title: "A structure breaks its specification",
    meaning:
      "A value is not one that the format allows, so its readers may disagree on it.",
    next: "Look at the place named; rebuild with a sound producer.",
    waivable: false,
  },
  "layout-unsupported": {
    title: "A structure that Reproof cannot open",
    meaning:
      "The file uses a feature without a layout here, so what it holds was not looked at.",
    next: "Compare the opened contents on their own, or produce another form.",
    waivable: false,
  },
  "archive-end-marker": {
    title: "An archive does not end as it should",
    meaning:
      "The end blocks are missing, single or followed by entries, so some readers see more than others.",
    next: "Pack the archive again with a sound tool.",
    waivable: false,
  },
  "archive-trailing-data": {
    title: "Data after the end of an archive",
    meaning: "Bytes follow that most readers skip and some do not.",
    next: "Find out what put them there; pack the archive again.",
    waivable: false,
  },
  "archive-name-unsafe": {
    title: "An archive entry with a dangerous name",
    meaning:
      "A name or link leaves the root, holds a NUL, or leads through a symbolic link of the same archive.",
    next: "Do not unpack the archive; find out what packed it.",
    waivable: false,
  },
  "archive-name-duplicate": {
    title: "An archive names an entry twice",
    meaning:
      "Two entries have the same name, or names that differ in case alone, so readers disagree on which one counts.",
    next: "Pack the archive again with each name once.",
    waivable: false,
  },
  "limit-reached": {
    title: "A limit was reached",
    meaning:
      "The file needs more than the table of limits allows, so part of it was not looked at.",
    next: "See the limit named; split the file or compare its parts.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
