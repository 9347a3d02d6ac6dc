/**
 * Codes of policies, waivers, gates and decisions.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of policies, waivers, gates and decisions. */
export const POLICY_CODES = {
  "policy-invalid": {
    title: "The policy is not valid",
    meaning: "The policy does not fit its schema, so nothing was decided.",
    next:
      "Correct the policy at the path named; reproof policy check repeats this test.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
