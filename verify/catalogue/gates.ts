/**
 * Codes of the gates that a policy may name beside those of every release:
 * versions, ABI, budgets and warnings.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of the gates that a policy may name. */
export const GATE_CODES = {
  "version-manifest": {
    title: "A package manifest names another version",
    meaning:
      "Whoever installs by that manifest gets or sees another version than the released one.",
    next: "Set the version of the manifest and tag again.",
    waivable: false,
  },
  "version-unread": {
    title: "A version could not be read",
    meaning:
      "A manifest or changelog that must agree is not named, not there, or does not give its version in so many words.",
    next:
      "Name manifests that give a version in the recipe under versions, as files of the source.",
    waivable: false,
  },
  "version-changelog": {
    title: "The changelog has no one section about the version",
    meaning: "Nobody can read what the release changes.",
    next: "Write one section under a heading with the version.",
    waivable: true,
  },
  "version-embedded": {
    title: "An artifact embeds another version, or none",
    meaning:
      "What is running cannot be told from another release by its own word.",
    next: "Set the version in one place and build again.",
    waivable: false,
  },
  "version-commit": {
    title: "The tag does not point at the commit that was built",
    meaning:
      "The released bytes come from other source than the tag shows to everybody.",
    next: "Check out the tag and release that, or move to a new tag.",
    waivable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
