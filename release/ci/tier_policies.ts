/**
 * The policies of the tiers before a release, made from the policy of the
 * release: the same gates and numbers, without what only a tag can have.
 *
 * - Trust, quorum and denials: nothing is signed for anybody.
 * - A tag: the version is there, the tag is not yet.
 * - A previous release, and a drill of going back to it: both are looked at
 *   when there is something to ship.
 * - Start-up, for each change: a busy machine leaves it open, and a change
 *   must not wait for a quiet one. It is timed on a schedule.
 *
 * @module
 */

import type { TIER_POLICIES } from "./plan.ts";

type Json = { [member: string]: unknown };

/** Makes the policy of a tier from that of the release, as written. */
export function tierPolicy(
  tier: keyof typeof TIER_POLICIES,
  release: Json,
): Json {
  const { startup, ...kept } = release;
  for (const name of ["trust", "quorum", "deny", "rollback"]) delete kept[name];
  const { versions, budget } = kept as { versions?: Json; budget?: Json };
  return {
    ...kept,
    ...(versions && { versions: { ...versions, tag: "name" } }),
    ...(budget && { budget: { ...budget, previous: "none" } }),
    ...(tier === "schedule" && startup !== undefined ? { startup } : {}),
  };
}
