/**
 * What is signed is not dated ahead of the clock. A time to come would make a
 * waiver short that lasts for years, and give a go that nobody can verify
 * before its day.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import { LIMITS } from "../../verify/limits.ts";
import type { Context } from "../cli/command.ts";

/**
 * Refuses a `--now` ahead of the clock.
 *
 * @param what What would be dated so, such as "a drill".
 * @throws {UsageError} `usage`.
 */
export function assertNotAhead(
  { now, clock }: Pick<Context, "now" | "clock">,
  what: string,
): void {
  if (now.getTime() <= clock.getTime() + LIMITS.clockSkewMsMax) return;
  throw new UsageError("usage", 'Reading "--now"', {
    expected:
      `${what} that is not dated ahead of the clock, ${clock.toISOString()}`,
    observed: now.toISOString(),
  });
}
