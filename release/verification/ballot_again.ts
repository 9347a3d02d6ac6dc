/**
 * The votes of a release counted again: from the statements that it carries,
 * by its own policy, which must give the votes that its report was judged by;
 * and by the caller's policy, to which the caller may add statements.
 *
 * @module
 */

import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import type { Check } from "../../verify/check.ts";
import type { Policy } from "../../policy/policy.ts";
import { quorumChecks, type Vote } from "../../policy/quorum.ts";
import type { Json } from "../../verify/strict_json.ts";
import { RELEASE_FILES, statementFile } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import type { TrustFiles } from "../signer_trust.ts";
import {
  type BallotOptions,
  ballotSubject,
  countBallot,
  type CountedBallot,
  type EvidenceBundle,
  NO_BALLOT,
} from "./ballot.ts";
import type { Inventory } from "./inventory.ts";

/** The votes of a release, and the statements of others that it carries. */
export interface BallotAgain {
  /** Path and payload digest of every carried statement that counts. */
  readonly carried: ReadonlyMap<string, string>;
  readonly checks: readonly Check[];
}

/** What a caller adds. */
export interface OwnBallotOptions extends Pick<BallotOptions, "deny" | "now"> {
  readonly policy: Policy;
  readonly files: TrustFiles;
  readonly evidence: readonly EvidenceBundle[];
}

/** Counts by the policy of the release, at the time of its decision. */
export function ballotAgain(
  inventory: Inventory,
  { report, policy }: {
    readonly report: ReleaseReport;
    readonly policy: Policy;
  },
  roots: readonly string[],
): BallotAgain {
  const paths = carriedPaths(inventory);
  const ballot = countBallot(bundlesOf(inventory, report), {
    // Files that the policy of a release names are never looked for.
    policy: {
      ...policy,
      trust: {
        ...policy.trust,
        roots: policy.trust.roots.map(({ file: _file, ...root }) => root),
      },
    },
    about: ballotSubject(report),
    files: { policyPath: "", roots },
    deny: policy.deny,
    now: new Date(report.now),
  });
  const carried = new Map(
    ballot.counted.filter(({ name }) => paths.includes(name))
      .map(({ name, payloadSha256 }) => [name, payloadSha256]),
  );
  const reported = report.ballot?.votes ?? [];
  return {
    carried,
    checks: [
      ...paths.map((path): Check => ({
        id: `signature/rebuilder/${path}`,
        gate: "signature",
        code: "rebuilder-not-counted",
        subject: path,
        status: carried.has(path) ? "pass" : "fail",
        expected: "a statement that the policy of the release counts",
        observed: carried.has(path)
          ? "one"
          : ballot.uncounted.find(({ name }) => name === path)?.why ??
            "no quorum in the policy",
        evidence: [],
      })),
      ...(policy.quorum === undefined && reported.length === 0 ? [] : [{
        id: "decision/votes",
        gate: "decision" as const,
        code: "decision-not-confirmed" as const,
        subject: "decision",
        status: key(reported) === key(ballot.votes)
          ? "pass" as const
          : "fail" as const,
        expected: "the votes that the statements give",
        observed: `${reported.length} votes, ${ballot.votes.length} in them`,
        evidence: [],
      }]),
    ],
  };
}

/** Counts by the caller's policy, now. */
export function ownBallot(
  inventory: Inventory,
  report: ReleaseReport,
  options: OwnBallotOptions,
): CountedBallot {
  return options.policy.quorum === undefined ? NO_BALLOT : countBallot(
    [...bundlesOf(inventory, report), ...options.evidence],
    { ...options, about: ballotSubject(report) },
  );
}

/** The quorum of the caller's policy, as checks of their own. */
export function ownQuorumChecks(
  report: ReleaseReport,
  policy: Policy,
  ballot: CountedBallot,
): Check[] {
  return quorumChecks(policy.quorum, report.rebuild.artifacts, {
    ballot,
    verdicts: goodVerdicts(policy),
  }).map((check) => ({
    ...check,
    id: check.id.replace(
      "reproducibility/quorum",
      "reproducibility/own-quorum",
    ),
  }));
}

/** Verdicts of two builds that a policy takes. */
export function goodVerdicts(policy: Policy): string[] {
  return policy.reproducibility.verdict === "identical"
    ? ["identical"]
    : ["identical", "equivalent"];
}

function carriedPaths({ files }: Inventory): string[] {
  return [...files.keys()].filter((path) =>
    path.startsWith(`${RELEASE_FILES.rebuilders}/`)
  );
}

function bundlesOf(
  inventory: Inventory,
  report: ReleaseReport,
): EvidenceBundle[] {
  const own = report.rebuild.artifacts.flatMap(({ target, name }) =>
    (["provenance", "comparison"] as const).map((kind) =>
      statementFile(`${target}/${name}`, kind)
    )
  );
  return [...own, ...carriedPaths(inventory)].flatMap((name) => {
    const bytes = inventory.files.get(name)?.bytes;
    return bytes ? [{ name, bytes }] : [];
  });
}

function key(votes: readonly Vote[]): string {
  return votes.map((vote) => canonicalJson(vote as unknown as Json)).sort()
    .join("\n");
}
