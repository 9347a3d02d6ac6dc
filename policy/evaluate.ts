/**
 * The judgement: checks, a policy and one point in time give a decision. Pure
 * and total, so that anybody can recompute a signed decision offline.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { Decision, Reason } from "./decision.ts";
import { closeGates, overallOutcome, requiredGates } from "./gates.ts";
import type { Policy } from "./policy.ts";
import { isWaived, waiverUses } from "./waivers.ts";

/**
 * Decides over all checks of a release, those of {@linkcode policyChecks}
 * among them: every gate must hold; a gate without evidence is inconclusive.
 */
export function evaluate(
  checks: readonly Check[],
  policy: Policy,
  now: Date,
): Decision {
  const waived = (check: Check) => isWaived(check, policy, now);
  const gates = closeGates(requiredGates(policy), checks, waived);
  return {
    outcome: overallOutcome(gates),
    gates,
    reasons: reasonsOf(checks, waived),
    waivers: waiverUses(checks, policy, now),
  };
}

/** The checks that keep a decision from being a go: failures first. */
export function reasonsOf(
  checks: readonly Check[],
  waived: (check: Check) => boolean,
): Reason[] {
  const open = checks.filter((check) =>
    check.status === "unchecked" ||
    check.status === "fail" && !waived(check)
  );
  const rank = (check: Check) => check.status === "fail" ? 0 : 1;
  return open.toSorted((a, b) => rank(a) - rank(b)).map((check) => ({
    check: check.id,
    code: check.code,
    subject: check.subject,
    status: check.status === "fail" ? "fail" : "unchecked",
  }));
}
