/**
 * Codes of rollback drills.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of rollback drills. */
export const ROLLBACK_CODES = {
  "rollback-missing": {
    title: "No rollback drill shows this",
    meaning:
      "No drill was given, no previous release, or the drill left something out, so nobody knows whether going back works.",
    next:
      "Run reproof rollback against the previous release, and give both to release: --previous and --drill.",
    waivable: false,
  },
  "rollback-invalid": {
    title: "A rollback drill does not hold",
    meaning:
      "Its signature is not by somebody who is trusted for the release, or its statement is not one of a drill.",
    next: "Run reproof rollback again with the key of the release.",
    waivable: false,
  },
  "rollback-other-release": {
    title: "A rollback drill is about another release",
    meaning:
      "It does not speak of the checksum list of the previous release, or goes back to the version that is being released.",
    next: "Run reproof rollback against the previous release itself.",
    waivable: false,
  },
  "rollback-stale": {
    title: "A rollback drill is too old",
    meaning:
      "Machines, keys and systems change; what worked then may not work now.",
    next: "Run reproof rollback again.",
    waivable: true,
  },
  "rollback-from-future": {
    title: "A rollback drill is dated after the decision",
    meaning: "One of the two clocks is wrong, or the date was made up.",
    next: "Set the clock, and run reproof rollback again.",
    waivable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
