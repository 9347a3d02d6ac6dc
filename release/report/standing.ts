/**
 * How each check of a report stands for people who fix things: in order, in
 * the way of a release, waived, or not asked. Every renderer for machines
 * takes it from here, so none shows a waived failure as one that blocks.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import type { ReleaseReport } from "./release_report.ts";

/** How a check stands. */
export type Standing = "passed" | "failed" | "unchecked" | "waived" | "skipped";

/** A check with its standing. */
export interface StandingCheck {
  readonly check: Check;
  readonly standing: Standing;
}

/** The standing of every check of a report, by the decision in it. */
export function standings(report: ReleaseReport): StandingCheck[] {
  const open = new Set(report.decision.reasons.map(({ check }) => check));
  return report.checks.map((check) => ({
    check,
    standing: standingOf(check, open.has(check.id)),
  }));
}

function standingOf(check: Check, blocks: boolean): Standing {
  switch (check.status) {
    case "pass":
      return "passed";
    case "not-applicable":
      return "skipped";
    case "unchecked":
      return "unchecked";
    case "fail":
      return blocks ? "failed" : "waived";
  }
}

/** Gates that were asked for and have no check at all. */
export function emptyGates(report: ReleaseReport): string[] {
  return report.decision.gates.map(({ gate }) => gate).filter((gate) =>
    report.checks.every((check) => check.gate !== gate)
  );
}
