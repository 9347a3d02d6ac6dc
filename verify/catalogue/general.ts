/**
 * Codes that any command may raise.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Usage, reading and parsing. */
export const GENERAL_CODES = {
  "usage": {
    title: "Wrong usage",
    meaning: "The command line was not understood, so nothing was checked.",
    next: "Run the command with --help for its flags and examples.",
    waivable: false,
  },
  "internal-error": {
    title: "Internal error",
    meaning: "Reproof itself failed. Nothing it said in this run counts.",
    next: "Report it with the full message and the command.",
    waivable: false,
  },
  "interrupted": {
    title: "Interrupted",
    meaning: "The run was stopped from outside before it came to a verdict.",
    next: "Run the command again.",
    waivable: false,
  },
  "file-not-readable": {
    title: "A file cannot be read",
    meaning: "A file that the command needs is missing, special or protected.",
    next: "Check the path and its permissions.",
    waivable: false,
  },
  "file-changed": {
    title: "A file changed while it was read",
    meaning: "The bytes moved under the check, so no statement holds for them.",
    next: "Stop whatever writes to the file and run again.",
    waivable: false,
  },
  "read-out-of-range": {
    title: "A structure points outside its file",
    meaning: "A size or offset in the file leads past its end.",
    next: "Treat the file as damaged; fetch or build it again.",
    waivable: false,
  },
  "json-invalid": {
    title: "A JSON document is not valid",
    meaning: "The document breaks the grammar or has more than one meaning.",
    next: "Correct the document at the place named.",
    waivable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
