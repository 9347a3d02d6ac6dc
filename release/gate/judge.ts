/**
 * From facts to a report: the checks of the builds and the artifacts, those
 * that only the policy can make, and the decision.
 *
 * @module
 */

import { clockChecks, sourceTimeChecks } from "../../policy/clock.ts";
import { policyChecks } from "../../policy/checks.ts";
import { evaluate } from "../../policy/evaluate.ts";
import type { Ballot } from "../../policy/quorum.ts";
import type { Check } from "../../verify/check.ts";
import type { RebuildResult } from "../../verify/rebuild/result.ts";
import type { Trials } from "../../verify/trial/trial.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { versionedResource } from "../statement/verification_summary.ts";
import { judgedChecks } from "../verification/decision.ts";
import { PROGRAM } from "../version.ts";
import type { CarriedSupply } from "../supply/judge_supply.ts";
import { reportedSupply } from "../supply/reported_supply.ts";
import type { GateInputs } from "./inputs.ts";

/** What a report is made from. */
export interface Facts {
  readonly inputs: GateInputs;
  readonly result: RebuildResult;
  readonly metadata: readonly Check[];
  readonly trials: Trials | null;
  /** Builders elsewhere, and every check of what they handed in. */
  readonly supplied: {
    readonly taken: readonly CarriedSupply[];
    readonly checks: readonly Check[];
  };
  /** Null when the policy asks for no quorum. */
  readonly ballot: Ballot | null;
  readonly tag: string;
  readonly channel: string;
  readonly sequence: number | null;
  readonly now: Date;
  /** What the clock says; `now` may be another time. */
  readonly clock: Date;
}

/** Judges the facts. */
export function judge(facts: Facts): ReleaseReport {
  const { inputs, result, metadata, now } = facts;
  const policy = inputs.policy.value;
  const { name, version } = inputs.recipe.value;
  const artifacts = result.artifacts.map(({ comparison, ...artifact }) => ({
    ...artifact,
    variedSha256: comparison?.right.sha256 ?? null,
  }));
  const rebuild = {
    verdict: result.verdict,
    seed: result.seed,
    source: result.source,
    ...(result.prepared === undefined ? {} : { prepared: result.prepared }),
    runs: result.runs,
    artifacts,
    attribution: result.attribution,
  };
  // The policy asks its own questions of the source and of the comparisons.
  const built = result.checks.filter((check) =>
    check.gate === "toolchain" || check.gate === "build"
  ).map((check): Check =>
    // Its log is no evidence; see write_evidence.ts.
    check.id.startsWith("build/prepare/") ? { ...check, evidence: [] } : check
  );
  const ballot = facts.ballot === null
    ? {}
    : { ballot: { votes: facts.ballot.votes } };
  const trials = facts.trials === null ? {} : { trials: facts.trials };
  const supplies = facts.supplied.taken.length === 0
    ? {}
    : { supplies: facts.supplied.taken.map(reportedSupply) };
  const before = [
    ...built,
    ...facts.supplied.checks,
    ...metadata,
    ...judgedChecks(
      { rebuild, ...supplies, ...trials, ...ballot },
      policy,
      facts.ballot?.uncounted,
    ),
  ];
  const checks = [
    ...before,
    ...policyChecks(before, artifacts, { policy, now }),
    ...clockChecks(policy, { now, clock: facts.clock }),
    ...sourceTimeChecks(result.source, now),
  ];
  return {
    schemaVersion: 1,
    program: PROGRAM,
    now: now.toISOString(),
    project: name,
    version,
    tag: facts.tag,
    resource: versionedResource(policy.resource, version),
    channel: facts.channel,
    sequence: facts.sequence,
    decision: evaluate(checks, policy, now),
    checks,
    // Known when a go has been packed.
    subjects: [],
    inputs: {
      recipeSha256: inputs.recipe.sha256,
      lockSha256: inputs.lock.sha256,
      policySha256: inputs.policy.sha256,
    },
    rebuild,
    ...supplies,
    ...trials,
    ...ballot,
  };
}
