/**
 * A check: one thing that was looked at, with what was expected and what was
 * observed. Checks are facts; only policy turns them into a decision.
 *
 * @module
 */

import type { Code } from "./catalogue/mod.ts";

/**
 * How a check ended. `unchecked` is the start value: not run, skipped, timed
 * out, unsupported or cut by a limit. It never counts as a pass.
 */
export type CheckStatus = "pass" | "fail" | "unchecked" | "not-applicable";

/** The question that a group of checks answers. */
export type Gate =
  | "source"
  | "toolchain"
  | "build"
  | "reproducibility"
  | "metadata"
  | "matrix"
  | "versions"
  | "abi"
  | "budget"
  | "warnings"
  | "smoke"
  | "parity"
  | "contract"
  | "startup"
  | "container"
  | "images"
  | "packages"
  | "rollback"
  | "integrity"
  | "signature"
  | "decision"
  | "policy";

/** A file or value that a check rests on. */
export interface Evidence {
  /** What it is, in the report's words. */
  readonly name: string;
  /** SHA-256 of the bytes it rests on, when it is a file. */
  readonly sha256?: string;
  /** Path inside the release or evidence directory, when there is one. */
  readonly path?: string;
}

/** One thing that was looked at. */
export interface Check {
  /** Unique in a report: gate, what, subject; `metadata/target/linux-x64/relay`. */
  readonly id: string;
  /** The question that the check helps to answer. */
  readonly gate: Gate;
  /** What it means when this check does not pass. */
  readonly code: Code;
  /** Artifact, target or file the check is about; the scope a waiver names. */
  readonly subject: string;
  /** How it ended. */
  readonly status: CheckStatus;
  /** What had to be there, in plain words. */
  readonly expected: string;
  /** What was there, in plain words; may quote untrusted text. */
  readonly observed: string;
  /** Files and values that it rests on. */
  readonly evidence: readonly Evidence[];
}
