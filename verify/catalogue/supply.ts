/**
 * Codes of what builders on other machines hand in.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of what builders hand in. */
export const SUPPLY_CODES = {
  "supply-missing": {
    title: "Nobody supplied a target",
    meaning:
      "The target was not to be built on the deciding host, and no builder handed it in.",
    next:
      "Run reproof supply on a machine that can build it, and pass its directory with --evidence; or let the deciding host build it.",
    waivable: false,
  },
  "supply-invalid": {
    title: "What a builder handed in is not valid",
    meaning:
      "The statement of a builder cannot be read, so nothing of it counts.",
    next: "Make it again with reproof supply of this version.",
    waivable: false,
  },
  "supply-not-allowed": {
    title: "Somebody who may not supply handed in a target",
    meaning:
      "The signer is known, perhaps as one that confirms, but the policy does not let it supply this target.",
    next:
      "Take the target from a builder that the policy names. To allow this one, list the target and the predicate type of a supply in its scope.",
    waivable: false,
  },
  "supply-incomplete": {
    title: "A builder left something out",
    meaning:
      "A run, step, artifact or check of a target is missing in what its builder states, or stands there without belonging to it.",
    next: "Make it again with reproof supply, and change nothing of it.",
    waivable: false,
  },
  "supply-other-version": {
    title: "A builder handed in another version",
    meaning:
      "What was supplied is of another version; it may be that of an older release.",
    next: "Run reproof supply on the source of this release.",
    waivable: false,
  },
  "supply-other-recipe": {
    title: "A builder built by another recipe",
    meaning: "The recipe of the builder is not the one that is released.",
    next: "Run reproof supply on the source of this release.",
    waivable: false,
  },
  "supply-other-source": {
    title: "A builder built another source",
    meaning:
      "Source tree, commit or source date of the builder are not those of the release.",
    next:
      "Run reproof supply on a clean checkout of the commit that is released.",
    waivable: false,
  },
  "supply-lock-unknown": {
    title: "A builder used a lock that the policy does not know",
    meaning:
      "The toolchains of the builder are pinned by another lock than that of the release.",
    next:
      "Review the builder's lock, and list its SHA-256 in supply.targets.TARGET.locks of the policy.",
    waivable: false,
  },
  "supply-stale": {
    title: "What a builder handed in is too old",
    meaning:
      "It was made longer ago than the policy allows, by a clock that is ahead, or from a cache of runs.",
    next: "Run reproof supply again.",
    waivable: false,
  },
  "supply-twice": {
    title: "One builder handed in a target twice",
    meaning:
      "One signer states two different builds of a target, so neither is the one that counts.",
    next: "Pass the one that you mean, and find out where the other is from.",
    waivable: false,
  },
  "supply-contradicted": {
    title: "Two hosts built other bytes",
    meaning:
      "Another builder, or the deciding host, built something else for the same target.",
    next:
      "Compare both with reproof compare, and find the cause before anything ships.",
    waivable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
