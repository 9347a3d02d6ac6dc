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
  /** The gate. */
  readonly gate: Gate;
  /** How it ended. */
  readonly outcome: Outcome;
  /** Checks by status, waived ones apart. */
  readonly passed: number;
  /** Checks that failed and are not waived. */
  readonly failed: number;
  /** Checks that could not be made. */
  readonly unchecked: number;
  /** Failed checks that a waiver covers. */
  readonly waived: number;
}

/** A check that keeps the release from shipping. */
export interface Reason {
  /** Id of the check. */
  readonly check: string;
  /** Its code. */
  readonly code: Code;
  /** What it is about. */
  readonly subject: string;
  /** Failed, or could not be made. */
  readonly status: "fail" | "unchecked";
}

/** What became of one waiver. */
export interface WaiverUse {
  /** Id of the waiver. */
  readonly id: string;
  /** Whether it counts, and if not why. */
  readonly state: "used" | "unused" | "expired" | "too-long" | "not-waivable";
  /** Ids of the checks it covers. */
  readonly checks: readonly string[];
}

/** The decision over a set of checks. */
export interface Decision {
  /** How it ended. */
  readonly outcome: Outcome;
  /** Every gate, required ones first. */
  readonly gates: readonly GateResult[];
  /** Why it is not a go; empty for a go. */
  readonly reasons: readonly Reason[];
  /** Every waiver of the policy. */
  readonly waivers: readonly WaiverUse[];
}
