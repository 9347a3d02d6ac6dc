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
  "archive-not-canonical": {
    title: "A release archive is not in its canonical form",
    meaning:
      "Another reader may see other files in it, so its contents were not accepted.",
    next:
      "Take the archive from the release again, or pack it with reproof release.",
    waivable: false,
  },
  "expansion-limit": {
    title: "An archive expands beyond the limit",
    meaning: "It looks like a decompression bomb, so reading stopped.",
    next: "Treat the file as hostile.",
    waivable: false,
  },
  "artifacts-list-invalid": {
    title: "The list of artifacts is not valid",
    meaning:
      "release-artifacts.json does not have the shape that releases have.",
    next: "Take the list from the release again.",
    waivable: false,
  },
  "report-invalid": {
    title: "The report is not valid",
    meaning:
      "report.json does not have the shape that releases have, so its decision cannot be recomputed.",
    next: "Take the report from the release again.",
    waivable: false,
  },
  "file-missing": {
    title: "A file of the release is missing",
    meaning:
      "The list names a file that is not there, so the release is not whole.",
    next: "Fetch the release again.",
    waivable: false,
  },
  "file-not-listed": {
    title: "A file that the list does not name",
    meaning: "Nobody signed this file; it does not belong to the release.",
    next:
      "Remove the file, or fetch the release again into an empty directory.",
    waivable: false,
  },
  "file-not-allowed": {
    title: "Not a regular file",
    meaning:
      "A release holds regular files alone; links and devices could lead elsewhere.",
    next: "Fetch the release again into an empty directory.",
    waivable: false,
  },
  "name-ambiguous": {
    title: "A name that is another file elsewhere",
    meaning:
      "On some system this name is taken for another file, or acts when printed.",
    next: "Treat the release as hostile; its publisher must rename the file.",
    waivable: false,
  },
  "digest-mismatch": {
    title: "A file is not the one that was released",
    meaning: "Its bytes have another SHA-256 than the signed list gives.",
    next: "Do not use the file; fetch the release again from its source.",
    waivable: false,
  },
  "release-inconsistent": {
    title: "Files of the release contradict each other",
    meaning:
      "The report, the lists and the archives do not tell one story, so none of them counts.",
    next:
      "Treat the release as damaged or hostile; fetch it again from its source.",
    waivable: false,
  },
  "statement-disagrees": {
    title: "A signed statement contradicts the report",
    meaning:
      "A statement says something else than the report that lies beside it.",
    next:
      "Treat the release as hostile; one of the two was made for another release.",
    waivable: false,
  },
  "decision-not-confirmed": {
    title: "The decision is not confirmed",
    meaning:
      "Repeating the judgement from the evidence does not give the decision that was signed, or does not give a go.",
    next: "Do not use the release; ask its publisher for the reasons.",
    waivable: false,
  },
  "signer-not-in-policy": {
    title: "The policy does not know the signing key",
    meaning:
      "The policy names the keys it trusts, and this is none of them; nobody could verify the release by its own policy.",
    next: "Sign with a key of the policy, or add this one with its owners.",
    waivable: false,
  },
  "release-not-verified": {
    title: "The new release does not verify",
    meaning:
      "What was about to be published did not pass the verification that everybody else would run, so it was not published.",
    next: "Report it with the full message; nothing was written.",
    waivable: false,
  },
  "release-incomplete": {
    title: "The release was never finished",
    meaning:
      "The program was stopped before the directory was complete, so nothing in it counts.",
    next: "Remove the directory and run the release again.",
    waivable: false,
  },
  "audit-release-lost": {
    title: "A release is gone",
    meaning:
      "A release that verified in an earlier audit is not among those that were audited now.",
    next:
      "Find out who removed it and restore it; if it was withdrawn on purpose, take its entry out of the history.",
    waivable: false,
  },
  "audit-release-changed": {
    title: "A release is not the one that it was",
    meaning:
      "Under one resource and channel lie other files than before, or two releases at once.",
    next:
      "Treat it as tampered with: compare the two, and restore the one of the history.",
    waivable: false,
  },
  "audit-release-stale": {
    title: "The newest release is old",
    meaning: "No release of this line is as young as the audit asks.",
    next: "Release anew, or give --stale-days a number that fits the line.",
    waivable: false,
  },
  "audit-history-invalid": {
    title: "The history of audits is not valid",
    meaning:
      "What earlier audits saw cannot be read, so a loss could not be told.",
    next: "Restore the file; remove it only if you mean to begin anew.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
