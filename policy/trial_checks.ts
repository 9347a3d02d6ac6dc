/**
 * From trials to checks. A target that the policy asks about and that was not
 * tried is unchecked; so is one whose trial was of other bytes than those
 * released, and one with fewer steps than the policy wants.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { Trial, TrialKind, Trials } from "../verify/trial/trial.ts";
import type { JudgedArtifact } from "./checks.ts";
import type { Policy } from "./policy.ts";
import { startupChecks } from "./startup_checks.ts";
import { trialSections } from "./trial_sections.ts";

/** Kinds of trials that a policy asks for. */
export function namedTrials(policy: Policy): TrialKind[] {
  return (Object.keys(trialSections) as TrialKind[])
    .filter((kind) => policy[kind] !== undefined);
}

/**
 * Checks of every trial that the policy asks for.
 *
 * @param told What the trials of a release came to, if there were any.
 */
export function trialChecks(
  told: Trials | undefined,
  artifacts: readonly Pick<JudgedArtifact, "name" | "target" | "sha256">[],
  policy: Policy,
): Check[] {
  const trials = told?.trials ?? [];
  const timings = told?.timings ?? [];
  const built = [...new Set(artifacts.map((artifact) => artifact.target))];
  return namedTrials(policy).flatMap((kind) =>
    (policy[kind]?.targets ?? built).flatMap((target) => {
      const own = trials.filter((trial) =>
        trial.kind === kind && trial.target === target
      );
      const [trial] = own;
      const tried = artifacts.find((artifact) =>
        artifact.target === target &&
        (trial?.artifact === undefined || trial.artifact === artifact.name)
      );
      return own.length !== 1 || trial === undefined
        ? [open(kind, target, "trial-missing", `${own.length} trials of it`)]
        : [
          ...checksOf(trial, tried?.sha256 ?? null, policy),
          ...(kind === "startup" && trial.outcome === "ran"
            ? startupChecks(
              target,
              timings.find((timing) => timing.target === target),
              policy,
            )
            : []),
        ];
    })
  );
}

function checksOf(
  trial: Trial,
  sha256: string | null,
  policy: Policy,
): Check[] {
  const { kind, target, outcome, observed } = trial;
  switch (outcome) {
    case "not-described":
      return [open(kind, target, "trial-missing", observed)];
    case "not-run":
      return [open(kind, target, "trial-not-run", observed)];
    case "not-runnable": {
      const status = policy[kind]?.elsewhere ?? "unchecked";
      return [{
        ...open(kind, target, "trial-not-runnable", observed),
        status,
      }];
    }
    case "ran":
      break;
  }
  if (sha256 === null || trial.sha256 !== sha256) {
    return [open(kind, target, "trial-not-run", "a trial of other bytes")];
  }
  const evidence = [{ name: "artifact", sha256 }];
  return [
    ...enough(trial, policy),
    ...trial.findings.map(({ id, ...finding }): Check => ({
      id: `${kind}/${target}/${id}`,
      gate: kind,
      // One step or case, so that a waiver covers no other.
      subject: `${target}/${id}`,
      evidence,
      ...finding,
    })),
  ];
}

/** What of each kind a policy wants how many of. */
const LEAST: Readonly<
  Record<TrialKind, (policy: Policy) => readonly [string, number]>
> = {
  smoke: (policy) => ["step", policy.smoke?.stepsMin ?? 1],
  container: (policy) => ["step", policy.container?.stepsMin ?? 1],
  parity: (policy) => ["case", policy.parity?.casesMin ?? 1],
  contract: (policy) => ["failure", policy.contract?.failuresMin ?? 1],
  // How many samples it takes depends on the percentile; startup_checks.ts.
  startup: () => ["sample", 0],
};

/** Whether a trial looked at as much as the policy wants. */
function enough(trial: Trial, policy: Policy): Check[] {
  const { kind, target } = trial;
  const [what, wanted] = LEAST[kind](policy);
  const count =
    trial.findings.filter((finding) => finding.id.startsWith(`${what}/`))
      .length;
  if (count < wanted) {
    return [{
      ...open(kind, target, "trial-too-small", `${count} ${what}s`),
      expected: `at least ${wanted} ${what}s`,
    }];
  }
  if (kind !== "contract") return [];
  const wants = [
    ["trace", "the start-up trace", policy.contract?.trace],
    ["probe", "a probe", policy.contract?.probe],
  ] as const;
  return wants.flatMap(([what, words, wish]) =>
    wish === "optional" ||
      trial.findings.some(({ id }) => id.split("/")[0] === what)
      ? []
      : [{
        ...open(kind, target, "trial-too-small", `no ${what}`),
        id: `${kind}/${target}/no-${what}`,
        expected: `${words} among them`,
      }]
  );
}

function open(
  kind: TrialKind,
  target: string,
  code:
    | "trial-missing"
    | "trial-too-small"
    | "trial-not-run"
    | "trial-not-runnable",
  observed: string,
): Check {
  return {
    id: `${kind}/${target}`,
    gate: kind,
    code,
    subject: target,
    status: "unchecked",
    expected: "a trial of the artifact that was built",
    observed,
    evidence: [],
  };
}
