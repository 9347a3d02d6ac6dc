/**
 * The time of a decision against the clock and the source. `--now` lets a
 * decision be repeated to the byte; it must not bring back what has expired
 * since, and nothing can have been decided before its source was committed.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { Policy } from "./policy.ts";
import { lifeLeft } from "./waivers.ts";

/** The two times of a gate. */
export interface DecisionTimes {
  /** The time that decides, from `--now` or the clock. */
  readonly now: Date;
  /** What the clock of the machine says. */
  readonly clock: Date;
}

/** A failed check for each exception that only an earlier `now` keeps alive. */
export function clockChecks(
  policy: Policy,
  { now, clock }: DecisionTimes,
): Check[] {
  return ([
    ["waiver", policy.waivers],
    ["tolerance", policy.tolerances],
  ] as const).flatMap(([kind, entries]) =>
    entries.filter((entry) =>
      lifeLeft(entry.expires, clock).expired &&
      !lifeLeft(entry.expires, now).expired
    ).map((entry): Check => ({
      id: `policy/clock/${kind}/${entry.id}`,
      gate: "policy",
      code: `${kind}-expired`,
      subject: entry.id,
      status: "fail",
      expected: "a last day that has not passed by the clock either",
      observed: `last day ${entry.expires}; the clock says ${
        clock.toISOString().slice(0, 10)
      }`,
      evidence: [],
    }))
  );
}

/** A failed check where the decision would come before its source. */
export function sourceTimeChecks(
  source: Parameters<typeof sourceTimeHolds>[0],
  now: Date,
): Check[] {
  if (sourceTimeHolds(source, now)) return [];
  const committed = new Date(source.sourceDateEpoch * 1000).toISOString();
  return [{
    id: "source/time",
    gate: "source",
    code: "now-before-source",
    subject: "now",
    status: "fail",
    expected: `a decision after the commit of ${committed}`,
    observed: now.toISOString(),
    evidence: [],
  }];
}

/** Whether a decision comes after the commit that it is about. */
export function sourceTimeHolds(
  source: {
    readonly epochFrom: string;
    readonly sourceDateEpoch: number;
  },
  now: Date,
): boolean {
  return source.epochFrom !== "commit" ||
    now.getTime() >= source.sourceDateEpoch * 1000;
}
