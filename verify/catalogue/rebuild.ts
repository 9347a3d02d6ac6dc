/**
 * Codes of recipes, locks, sandboxes and builds.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of recipes, locks, sandboxes and builds. */
export const REBUILD_CODES = {
  "recipe-invalid": {
    title: "The recipe is not valid",
    meaning: "The recipe does not fit its schema, so nothing was built.",
    next: "Correct reproof.json at the path named.",
    waivable: false,
  },
  "lock-invalid": {
    title: "The lock is not valid",
    meaning:
      "The toolchain lock does not fit its schema, so nothing was built.",
    next: "Make the lock again with reproof lock.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
