/**
 * The section `supply`: targets that a release takes from builders on other
 * machines. Who may supply a target is a matter of `trust`: a signer whose
 * scope lists that target and the kind of statement that supplies. Nobody
 * supplies by having no scope, and whoever may only confirm does not supply.
 *
 * @module
 */

import { z } from "zod";
import { ISOLATIONS } from "../verify/rebuild/result.ts";
import { digest } from "./parts.ts";
import { type Scope, SUPPLY } from "./trust.ts";

const target = z.strictObject({
  /** SHA-256 of locks of its builders, beside the one that decides. */
  locks: z.array(digest).default([]),
  /** Weakest isolation accepted of its builders; as for every run without. */
  isolation: z.enum(ISOLATIONS).optional(),
  /** Axes that its builders must vary; as for every run without. */
  axes: z.array(z.string()).optional(),
});

/** The section `supply` of a policy. */
export const supplySchema = z.strictObject({
  /** Oldest that what is supplied may be when it is decided on. */
  daysMax: z.int().min(1).max(90).default(7),
  /** What is asked otherwise of a target when it is supplied. */
  targets: z.record(z.string(), target).default({}),
}).default({ daysMax: 7, targets: {} });

/** Whether a scope lets somebody supply, and says for which targets. */
export function maySupply(scope: Scope | undefined): boolean {
  return scope?.targets !== undefined &&
    scope.predicateTypes?.includes(SUPPLY) === true;
}
