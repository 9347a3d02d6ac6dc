/**
 * The decision recomputed: what a policy alone can check is checked again
 * from the evidence, the judgement is repeated with the time that the release
 * names, and the result must be the decision that was signed.
 *
 * @module
 */

import {
  copyChecks,
  matrixChecks,
  policyChecks,
  reproducibilityChecks,
  sourceChecks,
  surroundingsChecks,
} from "../../policy/checks.ts";
import { type DeniableFile, deniedFileChecks } from "../../policy/deny.ts";
import type { Decision } from "../../policy/decision.ts";
import { sourceTimeHolds } from "../../policy/clock.ts";
import { evaluate } from "../../policy/evaluate.ts";
import { type Ballot, quorumChecks, type Vote } from "../../policy/quorum.ts";
import type { Policy } from "../../policy/policy.ts";
import { trialChecks } from "../../policy/trial_checks.ts";
import type { Check } from "../../verify/check.ts";
import { goodVerdicts } from "./ballot_again.ts";
import { verdictHolds } from "./verdict_holds.ts";
import { builtHere, type ReleaseReport } from "../report/release_report.ts";
import { versionedResource } from "../statement/verification_summary.ts";

/** Checks that follow from a report and a policy, in the report's order. */
export function judgedChecks(
  report: Pick<ReleaseReport, "rebuild" | "trials" | "ballot" | "supplies">,
  policy: Policy,
  uncounted: Ballot["uncounted"] = [],
): Check[] {
  const { source, runs, artifacts } = report.rebuild;
  return [
    ...sourceChecks(source, policy),
    ...reproducibilityChecks(artifacts, policy),
    ...copyChecks(artifacts, policy),
    // Where every target is supplied there are no runs here to judge.
    ...(report.supplies !== undefined && builtHere(report).length === 0
      ? []
      : surroundingsChecks(runs, policy)),
    ...(report.supplies ?? []).flatMap((supply) =>
      supply.targets.flatMap((target) =>
        surroundingsChecks(supply.runs, policy, target)
      )
    ),
    ...matrixChecks(artifacts, policy),
    ...quorumChecks(policy.quorum, artifacts, {
      ballot: { votes: report.ballot?.votes ?? [], uncounted },
      verdicts: goodVerdicts(policy),
    }),
    ...trialChecks(report.trials, artifacts, policy),
    ...(policy.deny.length === 0
      ? []
      : deniedFileChecks(policy.deny, builtFiles(artifacts), "policy")),
  ];
}

/** What was built, in either run. */
export function builtFiles(
  artifacts: ReleaseReport["rebuild"]["artifacts"],
): DeniableFile[] {
  return artifacts.flatMap(({ target, name, sha256, variedSha256 }) =>
    [sha256, variedSha256].flatMap((digest) =>
      digest === null ? [] : [{ name: `${target}/${name}`, sha256: digest }]
    )
  );
}

/** The policy that a consumer brought. */
export interface OwnPolicy {
  readonly policy: Policy;
  /** What the artifacts say of themselves, held against that policy. */
  readonly metadata: readonly Check[];
  /** Votes by that policy. */
  readonly votes: readonly Vote[];
}

/**
 * Recomputes the decision.
 *
 * @param options `own` is the consumer's policy, when it brought one: the
 * evidence must satisfy that policy as well.
 */
export function decisionChecks(
  report: ReleaseReport,
  policy: Policy,
  options: { readonly own: OwnPolicy | null; readonly now: Date },
): Check[] {
  const decided = new Date(report.now);
  const judged = [
    ...judgedChecks(report, policy),
    ...exceptions(report, policy, decided),
  ];
  const recomputed = evaluate(report.checks, policy, decided);
  const own = options.own;
  return [
    ...judgedChecks(report, policy),
    decision("checks", sameChecks(report.checks, judged), {
      expected: "the checks that follow from the evidence",
      observed: differing(report.checks, judged),
    }),
    decision(
      "artifacts",
      report.rebuild.artifacts.every(verdictHolds),
      {
        expected: "verdicts that follow from the digests",
        observed:
          report.rebuild.artifacts.filter((artifact) => !verdictHolds(artifact))
            .map((artifact) => `${artifact.target}/${artifact.name}`).join(
              ", ",
            ) ||
          "those",
      },
    ),
    decision(
      "recomputed",
      decisionKey(recomputed) === decisionKey(report.decision),
      {
        expected: `the decision that the checks give: ${recomputed.outcome}`,
        observed: report.decision.outcome,
      },
    ),
    decision("outcome", recomputed.outcome === "go", {
      expected: "go",
      observed: recomputed.outcome,
    }),
    decision("time", decided.getTime() <= options.now.getTime() + SKEW_MS, {
      expected: `a decision no later than ${options.now.toISOString()}`,
      observed: report.now,
    }),
    decision(
      "after-source",
      sourceTimeHolds(report.rebuild.source, decided),
      {
        expected: "a decision after the commit that it is about",
        observed: report.now,
      },
    ),
    ...(own === null ? [] : [ownPolicyCheck(report, own, options.now)]),
  ];
}

/** Clocks of two machines may differ by this much. */
const SKEW_MS = 5 * 60 * 1000;

function ownPolicyCheck(
  report: ReleaseReport,
  { policy: own, metadata, votes }: OwnPolicy,
  now: Date,
): Check {
  const resource = versionedResource(own.resource, report.version);
  if (own.project !== report.project || resource !== report.resource) {
    return decision("own-policy", false, {
      expected: `"${own.project}", ${resource}, as in the policy given`,
      observed: `"${report.project}", ${report.resource}`,
    });
  }
  // What the release's own policy expected of the metadata does not count;
  // what an artifact printed when it ran is all that cannot be asked again.
  const facts = report.checks.filter((check) =>
    check.gate === "toolchain" || check.gate === "build" ||
    check.id.startsWith("metadata/probe-line/")
  );
  const judged = judgedChecks({ ...report, ballot: { votes } }, own);
  const before = [...facts, ...metadata, ...judged];
  const outcome = evaluate(
    [
      ...before,
      ...policyChecks(before, report.rebuild.artifacts, { policy: own, now }),
    ],
    own,
    now,
  );
  const first = outcome.reasons[0];
  return decision("own-policy", outcome.outcome === "go", {
    expected: "a go by the policy given",
    observed: first === undefined
      ? outcome.outcome
      : `${outcome.outcome}: ${first.code} (${first.subject})`,
  });
}

function exceptions(
  report: ReleaseReport,
  policy: Policy,
  now: Date,
): Check[] {
  const before = report.checks.filter((check) => check.gate !== "policy");
  return policyChecks(before, report.rebuild.artifacts, { policy, now });
}

function sameChecks(
  reported: readonly Check[],
  judged: readonly Check[],
): boolean {
  return differing(reported, judged) === "those";
}

function differing(
  reported: readonly Check[],
  judged: readonly Check[],
): string {
  // Wording may change between versions of the program, facts may not.
  const text = ({ id, gate, code, subject, status, evidence }: Check) =>
    JSON.stringify([
      id,
      gate,
      code,
      subject,
      status,
      evidence.map((one) => [one.name, one.sha256]),
    ]);
  const gates = new Set(judged.map((check) => check.gate));
  const own = reported.filter((check) =>
    gates.has(check.gate) || check.gate === "policy"
  );
  const [said, follows] = [own, judged].map((list) => new Set(list.map(text)));
  const missing = judged.filter((check) => !said?.has(text(check)));
  const extra = own.filter((check) => !follows?.has(text(check)));
  const first = missing[0] ?? extra[0];
  return first === undefined
    ? "those"
    : `${missing.length} missing, ${extra.length} others, first "${first.id}"`;
}

/** What a decision says, whatever else later versions may add to it. */
function decisionKey({ outcome, gates, reasons, waivers }: Decision): string {
  return JSON.stringify([
    outcome,
    gates.map((gate) => [
      gate.gate,
      gate.outcome,
      gate.passed,
      gate.failed,
      gate.unchecked,
      gate.waived,
    ]),
    reasons.map((reason) => [reason.check, reason.code, reason.status]),
    waivers.map((waiver) => [waiver.id, waiver.state]),
  ]);
}

function decision(
  what: string,
  holds: boolean,
  details: Pick<Check, "expected" | "observed">,
): Check {
  return {
    id: `decision/${what}`,
    gate: "decision",
    code: "decision-not-confirmed",
    subject: "decision",
    status: holds ? "pass" : "fail",
    evidence: [],
    ...details,
  };
}
