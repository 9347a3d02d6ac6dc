/**
 * What a decision is made of; the value that `evaluate` returns and that
 * `release --json` and `verify --json` print.
 *
 * @module
 */

import type { Code } from "../verify/catalogue/mod.ts";
import type { Gate } from "../verify/check.ts";
import type { Outcome } from "../verify/verdict.ts";

/** How one gate ended. A gate without a passed check is inconclusive. */
export interface GateResult {
  readonly gate: Gate;
  readonly outcome: Outcome;
  /** Checks by status, waived ones apart. */
  readonly passed: number;
  readonly failed: number;
  readonly unchecked: number;
  readonly waived: number;
}

/** A check that keeps the release from shipping. */
export interface Reason {
  readonly check: string;
  readonly code: Code;
  readonly subject: string;
  readonly status: "fail" | "unchecked";
}

/** What became of one waiver. */
export interface WaiverUse {
  readonly id: string;
  readonly state: "used" | "unused" | "expired" | "too-long" | "not-waivable";
  /** Ids of the checks it covers. */
  readonly checks: readonly string[];
}

/** The decision over a set of checks. */
export interface Decision {
  readonly outcome: Outcome;
  readonly gates: readonly GateResult[];
  /** Why it is not a go; empty for a go. */
  readonly reasons: readonly Reason[];
  readonly waivers: readonly WaiverUse[];
}
