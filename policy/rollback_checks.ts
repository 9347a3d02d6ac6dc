/**
 * The gate `rollback`: going back to the previous release was tried, not only
 * written down. The drill is a signed statement about the checksum list of that
 * release; it grows stale, and one that is dated ahead of the decision counts
 * for nothing.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import { LIMITS } from "../verify/limits.ts";
import type { DrillTrial, RollbackDrill } from "../verify/trial/drill.ts";
import type { Policy } from "./policy.ts";

/** What is known of a drill. */
export type DrillEvidence =
  | { readonly kind: "missing" }
  /** There is one, and it does not hold. */
  | { readonly kind: "invalid"; readonly reason: string }
  | {
    readonly kind: "drill";
    readonly drill: RollbackDrill;
    /** The checksum list that it speaks of. */
    readonly listSha256: string;
    /** Digest of what was signed. */
    readonly payloadSha256: string;
  };

/** What the gate rests on. */
export interface RollbackFacts {
  readonly evidence: DrillEvidence;
  /** The previous release; null when none was given. */
  readonly previous: {
    readonly version: string;
    readonly checksumsSha256: string;
  } | null;
  readonly project: string;
  /** Version that is released. */
  readonly version: string;
  /** Targets of the recipe. */
  readonly targets: readonly string[];
  /** Findings that a drill of what stands in must have; null for none. */
  readonly fallback: readonly string[] | null;
  /** When it is decided. */
  readonly now: Date;
}

type Rules = NonNullable<Policy["rollback"]>;
type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

const DAY_MS = 86_400_000;

/** Checks of the gate; none when the policy does not name it. */
export function rollbackChecks(facts: RollbackFacts, policy: Policy): Check[] {
  const rules = policy.rollback;
  if (rules === undefined) return [];
  const { evidence } = facts;
  if (evidence.kind !== "drill") {
    const missing = evidence.kind === "missing";
    return [check("drill", facts.project, {
      code: missing ? "rollback-missing" : "rollback-invalid",
      status: missing ? "unchecked" : "fail",
      expected: "a drill that is signed by somebody trusted for the release",
      observed: missing ? "none" : evidence.reason,
    })];
  }
  const { drill, payloadSha256 } = evidence;
  const signed = [{ name: "drill", sha256: payloadSha256 }];
  return [
    check("release", drill.version, releaseResult(evidence, facts)),
    check("date", drill.version, dateResult(drill, facts.now, rules)),
    ...(rules.targets ?? facts.targets).flatMap((target) => {
      const own = drill.previous.filter((trial) => trial.target === target);
      return own.length === 1 && own[0] !== undefined
        ? trialChecks(`previous/${target}`, own[0], { rules, wanted: [] })
        : [check(`previous/${target}`, target, missing(`${own.length} of it`))];
    }),
    ...(rules.fallback === "none"
      ? []
      : facts.fallback === null || drill.fallback === null
      ? [check("fallback", facts.project, {
        ...missing("none"),
        expected: "a fallback in the recipe, and a drill of it",
      })]
      : trialChecks("fallback", drill.fallback, {
        rules,
        wanted: facts.fallback,
      })),
  ].map((one) => ({ ...one, evidence: signed }));
}

function releaseResult(
  { drill, listSha256 }: DrillEvidence & { readonly kind: "drill" },
  { previous, project, version }: RollbackFacts,
): Result {
  const holds = previous !== null && drill.project === project &&
    previous.checksumsSha256 === listSha256 &&
    previous.version === drill.version && drill.version !== version;
  return {
    code: previous === null ? "rollback-missing" : "rollback-other-release",
    status: previous === null ? "unchecked" : holds ? "pass" : "fail",
    expected: previous === null
      ? "the previous release, to hold the drill against"
      : `a drill of ${project} ${previous.version}, sha256:${previous.checksumsSha256}, before ${version}`,
    observed:
      `a drill of ${drill.project} ${drill.version}, sha256:${listSha256}`,
  };
}

function dateResult(drill: RollbackDrill, now: Date, rules: Rules): Result {
  const ageMs = now.getTime() - Date.parse(drill.performedAt);
  const future = !(ageMs >= -LIMITS.clockSkewMsMax);
  return {
    code: future ? "rollback-from-future" : "rollback-stale",
    status: !future && ageMs <= rules.daysMax * DAY_MS ? "pass" : "fail",
    expected: `a drill of the last ${rules.daysMax} days`,
    observed: `one of ${drill.performedAt}`,
  };
}

function trialChecks(
  what: string,
  trial: DrillTrial,
  { rules, wanted }: {
    readonly rules: Rules;
    /** Ids that must be among the findings. */
    readonly wanted: readonly string[];
  },
): Check[] {
  if (trial.outcome !== "ran") {
    return [check(what, trial.target, {
      ...missing(trial.observed),
      status: trial.outcome === "not-runnable" ? rules.elsewhere : "unchecked",
    })];
  }
  const ids = trial.findings.map(({ id }) => id);
  const steps = ids.filter((id) => id.startsWith("step/")).length;
  const lacking = wanted.filter((id) => !ids.includes(id));
  const twice = ids.length !== new Set(ids).size;
  return [
    ...(steps < rules.stepsMin || lacking.length > 0 || twice
      ? [check(what, trial.target, {
        ...missing(
          twice ? "findings more than once" : lacking[0] ?? `${steps} steps`,
        ),
        expected: lacking.length > 0
          ? "every host and step of the recipe"
          : `at least ${rules.stepsMin} steps, each once`,
      })]
      : []),
    ...trial.findings.map(({ id, ...finding }) =>
      check(`${what}/${id}`, `${what}/${id}`, finding)
    ),
  ];
}

function missing(observed: string): Result {
  return {
    code: "rollback-missing",
    status: "unchecked",
    expected: "a drill of it",
    observed,
  };
}

function check(what: string, subject: string, result: Result): Check {
  return {
    id: `rollback/${what}`,
    gate: "rollback",
    subject,
    evidence: [],
    ...result,
  };
}
