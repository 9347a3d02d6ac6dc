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
  "content-differs": {
    title: "Content differs",
    meaning:
      "Bytes that are neither metadata nor derived are not the same, so the artifacts are not.",
    next:
      "See the field and its cause; remove what leaks into the build, then build again.",
    waivable: true,
  },
  "volatile-differs": {
    title: "Metadata differs",
    meaning:
      "A field that its specification calls metadata is not the same; a normaliser may account for it.",
    next:
      "Fix the value in the build, or allow the normaliser named in the policy.",
    waivable: true,
  },
  "derived-differs": {
    title: "A derived value differs",
    meaning:
      "A checksum, size or identifier that follows from other bytes is not the same.",
    next: "Look at the differences beside it; it goes when they go.",
    waivable: true,
  },
  "derived-disagrees": {
    title: "A derived value does not follow from its file",
    meaning:
      "A checksum or size is not what the bytes around it give, so it vouches for nothing.",
    next: "Treat the file as damaged or tampered with; build it again.",
    waivable: false,
  },
  "framing-differs": {
    title: "Structure differs",
    meaning:
      "Headers, sizes or padding are not the same, so the files are not built alike.",
    next: "Look at the content differences beside it first.",
    waivable: true,
  },
  "encoding-differs": {
    title: "Equal contents in another compressed form",
    meaning:
      "What the stream holds is equal byte for byte; the compressor made other choices.",
    next:
      "Pin the compression level and library, or allow the normaliser named in the policy.",
    waivable: true,
  },
  "field-missing": {
    title: "A field is on one side only",
    meaning: "One file has a field that the other lacks.",
    next: "Find out which step adds it; build both the same way.",
    waivable: true,
  },
  "entry-missing": {
    title: "An entry is on one side only",
    meaning: "One archive or directory has an entry that the other lacks.",
    next: "Find out which step adds or drops it; build both the same way.",
    waivable: true,
  },
  "order-differs": {
    title: "Order differs",
    meaning: "Both sides hold the same parts in another order.",
    next: "Sort the parts before they are written.",
    waivable: true,
  },
  "format-differs": {
    title: "The files have different formats",
    meaning: "The two files are not the same kind of file.",
    next: "Check that the right files are compared.",
    waivable: false,
  },
  "type-differs": {
    title: "The entries have different types",
    meaning:
      "One side is a file, directory or link and the other is something else.",
    next: "Find out which step makes it; build both the same way.",
    waivable: false,
  },
  "mode-differs": {
    title: "File modes differ",
    meaning:
      "Permissions are not the same; who may run or write a file is never metadata.",
    next: "Set the mode in the build instead of inheriting the umask.",
    waivable: true,
  },
  "link-differs": {
    title: "Link targets differ",
    meaning: "Two symbolic links of one name lead to different places.",
    next: "Find out which step makes the link.",
    waivable: true,
  },
  "special-file": {
    title: "A special file cannot be compared",
    meaning:
      "A device, socket or pipe has no bytes to compare, so nothing is known of it.",
    next: "Remove it from the directory.",
    waivable: false,
  },
  "nothing-compared": {
    title: "There is nothing to compare",
    meaning:
      "Neither directory holds a file, so that they agree says nothing of what was to be in them.",
    next: "Name the directories that the files are in.",
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
