/**
 * Which tolerances of a policy hold at a time: those that have not run out and
 * were not given too long a life. The others account for nothing.
 *
 * @module
 */

import type { Tolerance } from "../verify/compare/comparison.ts";
import type { Policy } from "./policy.ts";
import { lifeLeft } from "./waivers.ts";

/** Tolerances that hold, as a comparison takes them. */
export function liveTolerances(policy: Policy, now: Date): Tolerance[] {
  return policy.tolerances.filter((tolerance) => {
    const life = lifeLeft(tolerance.expires, now);
    return !life.expired && !life.tooLong;
  }).map(({ id, artifact, field, bytesMax }) => ({
    id,
    artifact,
    field,
    bytesMax,
  }));
}
