/**
 * The gates of a release, and how a set of checks closes one: any failure is
 * a no-go; anything unchecked, or no passed check at all, is inconclusive.
 *
 * @module
 */

import type { Check, Gate } from "../verify/check.ts";
import type { Outcome } from "../verify/verdict.ts";
import type { GateResult } from "./decision.ts";
import { gateSections } from "./gate_sections.ts";
import type { Policy } from "./policy.ts";

/** Gates that every release must pass, in the order of the report. */
export const RELEASE_GATES: readonly Gate[] = [
  "source",
  "toolchain",
  "build",
  "reproducibility",
  "metadata",
  "matrix",
  "policy",
];

/** Gates that every verification of a release must pass. */
export const VERIFICATION_GATES: readonly Gate[] = [
  "integrity",
  "signature",
  "metadata",
  "matrix",
  "reproducibility",
  "decision",
];

/** The gates that a policy names beside those of every release. */
export function namedGates(policy: Policy): Gate[] {
  const sections = Object.keys(gateSections) as (keyof typeof gateSections)[];
  return sections.filter((gate) => policy[gate] !== undefined);
}

/** Every gate that a release must pass by a policy, in the report's order. */
export function requiredGates(policy: Policy): Gate[] {
  return [...RELEASE_GATES, ...namedGates(policy)];
}

/**
 * Every gate that a verification must pass: its own, and those that the policy
 * of the release names, where that could be read.
 */
export function verificationGates(policy: Policy | null): Gate[] {
  return [
    ...VERIFICATION_GATES,
    ...(policy === null ? [] : namedGates(policy)),
  ];
}

/**
 * Closes one gate.
 *
 * @param isWaived Whether a waiver in force covers a failed check.
 */
export function closeGate(
  gate: Gate,
  checks: readonly Check[],
  isWaived: (check: Check) => boolean,
): GateResult {
  const own = checks.filter((check) => check.gate === gate);
  const count = (status: Check["status"]) =>
    own.filter((check) => check.status === status && !isWaived(check)).length;
  const passed = count("pass");
  const failed = count("fail");
  const unchecked = count("unchecked");
  const waivedCount = own.filter(isWaived).length;
  const outcome: Outcome = failed > 0
    ? "no-go"
    : unchecked > 0 || passed + waivedCount === 0
    ? "inconclusive"
    : "go";
  return { gate, outcome, passed, failed, unchecked, waived: waivedCount };
}

/** The outcome of all gates; no gates prove nothing. */
export function overallOutcome(gates: readonly GateResult[]): Outcome {
  if (gates.some((gate) => gate.outcome === "no-go")) return "no-go";
  if (gates.length === 0) return "inconclusive";
  return gates.every((gate) => gate.outcome === "go") ? "go" : "inconclusive";
}

/**
 * Closes the gates that must hold, and any other that a check names, so that
 * no check can be left out of the outcome.
 */
export function closeGates(
  required: readonly Gate[],
  checks: readonly Check[],
  isWaived: (check: Check) => boolean,
): GateResult[] {
  const all = new Set([...required, ...checks.map((check) => check.gate)]);
  return [...all].map((gate) => closeGate(gate, checks, isWaived));
}
