/**
 * Checks that only a policy can make: the matrix, the verdict that each
 * artifact must reach, the surroundings of the runs, the identity of the
 * source, and the state of the policy's own waivers and tolerances.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import { LIMITS } from "../verify/limits.ts";
import { copyCheck } from "../verify/rebuild/copies.ts";
import {
  type Isolation,
  ISOLATIONS,
  type RebuiltArtifact,
  type RunEvidence,
  type SourceIdentity,
} from "../verify/rebuild/result.ts";
import { isAccounted } from "./accounts.ts";
import type { Policy } from "./policy.ts";
import { lifeLeft, waiverUses } from "./waivers.ts";

/** What a policy needs to know of an artifact; reports carry the same. */
export type JudgedArtifact = Pick<
  RebuiltArtifact,
  | "name"
  | "target"
  | "verdict"
  | "sha256"
  | "differences"
  | "unlistedBy"
  | "copyOf"
>;

/** One check for each target that the policy names or the release has. */
export function matrixChecks(
  artifacts: readonly Pick<JudgedArtifact, "name" | "target" | "sha256">[],
  policy: Policy,
): Check[] {
  const built = (target: string) =>
    artifacts.filter((artifact) => artifact.target === target);
  const known = [...policy.targets.required, ...policy.targets.optional];
  const extra = [...new Set(artifacts.map((artifact) => artifact.target))]
    .filter((target) => !known.includes(target)).sort();
  // A target that nobody builds is missing; of one whose build came to nothing,
  // nothing is known.
  const statusOf = (target: string, missing: Check["status"]) => {
    const own = built(target);
    return own.length === 0
      ? missing
      : own.every((artifact) => artifact.sha256 !== null)
      ? "pass"
      : "unchecked";
  };
  return [
    ...policy.targets.required.map((target) => {
      const own = built(target);
      return matrixCheck(target, statusOf(target, "fail"), {
        code: "target-missing",
        expected: "every artifact of a required target",
        observed: listArtifacts(own),
      });
    }),
    ...policy.targets.optional.map((target) => {
      const own = built(target);
      return matrixCheck(target, statusOf(target, "not-applicable"), {
        code: "target-missing",
        expected: "an optional target, may be absent",
        observed: listArtifacts(own),
      });
    }),
    ...extra.map((target) =>
      matrixCheck(target, "fail", {
        code: "target-unexpected",
        expected: `one of ${known.join(", ")}`,
        observed: listArtifacts(built(target)),
      })
    ),
  ];
}

function matrixCheck(
  target: string,
  status: Check["status"],
  details: Pick<Check, "code" | "expected" | "observed">,
): Check {
  return {
    id: `matrix/${target}`,
    gate: "matrix",
    subject: target,
    status,
    evidence: [],
    ...details,
  };
}

function listArtifacts(
  artifacts: readonly Pick<JudgedArtifact, "name" | "sha256">[],
): string {
  if (artifacts.length === 0) return "no artifact";
  return artifacts.map((artifact) =>
    `${artifact.name}${artifact.sha256 === null ? " (not built)" : ""}`
  ).join(", ");
}

/** One check for each artifact: did two builds agree as the policy asks. */
export function reproducibilityChecks(
  artifacts: readonly JudgedArtifact[],
  policy: Policy,
): Check[] {
  const wanted = policy.reproducibility.verdict;
  return artifacts.map((artifact) => {
    const subject = `${artifact.target}/${artifact.name}`;
    const unaccounted = artifact.differences.filter((difference) =>
      difference.accountedBy === null
    ).length;
    const reached = artifact.verdict === "identical" ||
      artifact.verdict === "equivalent" && wanted === "equivalent" &&
        unaccounted === 0 && isAccounted(artifact, policy);
    const status = artifact.verdict === "unchecked"
      ? "unchecked"
      : reached
      ? "pass"
      : "fail";
    return {
      id: `reproducibility/${subject}`,
      gate: "reproducibility",
      code: artifact.verdict === "unchecked"
        ? "not-compared"
        : artifact.verdict === "equivalent"
        ? "verdict-below-policy"
        : "not-reproducible",
      subject,
      status,
      expected: wanted === "identical"
        ? "identical bytes from both builds"
        : "identical bytes, or differences that the policy accounts for",
      observed: artifact.differences.length === 0
        ? artifact.verdict
        : `${artifact.verdict}, ${artifact.differences.length} fields differ, ${unaccounted} unaccounted`,
      evidence: artifact.sha256 === null
        ? []
        : [{ name: "control artifact", sha256: artifact.sha256 }],
    };
  });
}

/** One check for each artifact that is a copy of what the builds were given. */
export function copyChecks(
  artifacts: readonly JudgedArtifact[],
  policy: Policy,
): Check[] {
  const { copies } = policy.reproducibility;
  return artifacts.flatMap((artifact) => {
    if (artifact.copyOf === undefined) return [];
    const check = copyCheck(artifact, artifact.copyOf);
    return [{
      ...check,
      status: copies.includes(check.subject) ? "pass" : "fail",
    }];
  });
}

/** Whether one isolation is as strong as another; an unknown one is not. */
function isAtLeast(level: Isolation, least: Isolation): boolean {
  const strength = ISOLATIONS.indexOf(level);
  return strength >= 0 && strength <= ISOLATIONS.indexOf(least);
}

/**
 * Whether the runs were isolated and varied as the policy asks.
 *
 * @param target Of a builder elsewhere, for which the policy may ask otherwise.
 */
export function surroundingsChecks(
  runs: readonly RunEvidence[],
  policy: Policy,
  target?: string,
): Check[] {
  const own = target === undefined ? undefined : policy.supply.targets[target];
  const isolation = own?.isolation ?? policy.reproducibility.isolation;
  const axes = own?.axes ?? policy.reproducibility.axes;
  const place = target === undefined ? "" : `/${target}`;
  const subject = target ?? "runs";
  const observed = [...new Set(runs.map((run) => run.isolation))];
  const varied = (axis: string) => {
    const values = runs.map((run) => run.axes[axis]);
    // An axis that a host could vary in part only is not one that was varied.
    return values.length >= 2 &&
      runs.every((run) => run.notVaried[axis] === undefined) &&
      values.every((value) => value !== undefined) &&
      new Set(values).size === values.length;
  };
  const missing = axes.filter((axis) => !varied(axis));
  return [
    {
      id: `reproducibility/isolation${place}`,
      gate: "reproducibility",
      code: "isolation-too-weak",
      subject,
      status: runs.length < 2
        ? "unchecked"
        : observed.every((level) => isAtLeast(level, isolation))
        ? "pass"
        : "fail",
      expected: isolation === "none"
        ? "any isolation"
        : isolation === "bubblewrap"
        ? isolation
        : `${isolation} or stronger`,
      observed: observed.join(", ") || "no run",
      evidence: [],
    },
    {
      id: `reproducibility/axes${place}`,
      gate: "reproducibility",
      code: "axis-not-varied",
      subject,
      status: runs.length < 2
        ? "unchecked"
        : missing.length === 0
        ? "pass"
        : "unchecked",
      expected: axes.length === 0
        ? "any axes"
        : `runs that differ in ${axes.join(", ")}`,
      observed: missing.length === 0
        ? `${runs.length} runs`
        : `not varied: ${missing.join(", ")}`,
      evidence: [],
    },
  ];
}

/** Whether the source is what the policy asks for. */
export function sourceChecks(
  source: SourceIdentity | null,
  policy: Policy,
): Check[] {
  const required = policy.source.commit === "required";
  return [{
    id: "source/commit",
    gate: "source",
    code: "source-not-committed",
    subject: policy.project,
    status: source === null
      ? "unchecked"
      : required && source.commit === null
      ? "fail"
      : "pass",
    expected: required ? "a clean commit" : "a source tree with a digest",
    observed: source === null
      ? "no source"
      : `${
        source.commit === null ? "no clean commit" : `commit ${source.commit}`
      }, tree sha256:${source.treeSha256}`,
    evidence: [],
  }];
}

/**
 * The state of the policy's waivers and tolerances against the other checks.
 * Without any there is one passed check, so that the gate is never empty.
 */
export function policyChecks(
  checks: readonly Check[],
  artifacts: readonly JudgedArtifact[],
  context: { readonly policy: Policy; readonly now: Date },
): Check[] {
  const { policy, now } = context;
  const waivers = waiverUses(checks, policy, now).map((use): Check => ({
    id: `policy/waiver/${use.id}`,
    gate: "policy",
    code: `waiver-${use.state === "used" ? "unused" : use.state}`,
    subject: use.id,
    status: use.state === "used" ? "pass" : "fail",
    expected: WAIVER_EXPECTED[use.state],
    observed: use.state === "used"
      ? `covers ${use.checks.join(", ")}`
      : use.state,
    evidence: [],
  }));
  const used = new Set(
    artifacts.flatMap((artifact) =>
      artifact.differences.map((difference) => difference.accountedBy)
    ),
  );
  const tolerances = policy.tolerances.map((tolerance): Check => {
    const life = lifeLeft(tolerance.expires, now);
    const state = life.expired
      ? "expired"
      : life.tooLong
      ? "too-long"
      : used.has(tolerance.id)
      ? "used"
      : "unused";
    return {
      id: `policy/tolerance/${tolerance.id}`,
      gate: "policy",
      code: `tolerance-${state === "used" ? "unused" : state}`,
      subject: tolerance.id,
      status: state === "used" ? "pass" : "fail",
      expected: WAIVER_EXPECTED[state],
      observed: state,
      evidence: [],
    };
  });
  const own = [...waivers, ...tolerances];
  return own.length > 0 ? own : [{
    id: "policy/exceptions",
    gate: "policy",
    code: "waiver-unused",
    subject: policy.project,
    status: "pass",
    expected: "every waiver and tolerance in use and in date",
    observed: "none declared",
    evidence: [],
  }];
}

const WAIVER_EXPECTED = {
  "used": "in use and in date",
  "unused": "something that it covers",
  "expired": "a last day that has not passed",
  "too-long": `a last day at most ${LIMITS.waiverDaysMax} days ahead`,
  "not-waivable": "a finding that may be waived",
} as const;
