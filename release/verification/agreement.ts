/**
 * What each statement of a release says, held against the report, or against
 * what a builder elsewhere stated of its builds: first the members that a
 * reader would ask for, by name, then all of it, by making the statement again.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import { isReproducedIndependently } from "../../policy/quorum.ts";
import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import type { Statement, Subject } from "../../verify/attest/statement.ts";
import { parseVerificationSummary } from "../../verify/attest/verification_summary.ts";
import { URI } from "../../verify/attest/vocabulary.ts";
import type { Check } from "../../verify/check.ts";
import { ReproofError } from "../../verify/error.ts";
import { type Json, jsonAt } from "../../verify/strict_json.ts";
import { type ArtifactStatement, RELEASE_FILES } from "../layout.ts";
import type {
  ReleaseReport,
  ReportedArtifact,
} from "../report/release_report.ts";
import {
  comparisonStatement,
  type StatedArtifact,
} from "../statement/comparison.ts";
import { provenanceStatement } from "../statement/provenance.ts";
import { releaseStatement } from "../statement/release.ts";
import { testResultStatement } from "../statement/test_result.ts";
import {
  decisionLevels,
  verificationSummaryStatement,
} from "../statement/verification_summary.ts";
import type { HostBuild } from "./host_build.ts";
import { firstUnlike, ON_WORD } from "./statement_follows.ts";

/** The artifact that a statement is about, and the builds of its host. */
export interface ArtifactContext {
  readonly build: HostBuild;
  readonly artifact: ReportedArtifact;
}

/** Holds a statement about one artifact against what its host built. */
export function artifactAgrees(
  path: string,
  statement: Statement,
  { kind, ...context }: ArtifactContext & { readonly kind: ArtifactStatement },
): Check {
  return kind === "comparison"
    ? comparisonAgrees(path, statement, context)
    : provenanceAgrees(path, statement, {
      ...context,
      run: kind === "provenance" ? "control" : "varied",
    });
}

/** Holds the statement of what was checked against the report. */
export function testResultAgrees(
  statement: Statement,
  report: ReleaseReport,
): Check {
  return agreement(RELEASE_FILES.testResult, [], [
    statement,
    () => testResultStatement(report),
    ON_WORD.testResult,
  ]);
}

/** Holds the statement of what the release consists of against the report. */
export function releaseAgrees(
  statement: Statement,
  report: ReleaseReport,
  subjects: readonly Subject[],
): Check {
  return agreement(RELEASE_FILES.release, [], [
    statement,
    () => releaseStatement(subjects, report.resource),
    ON_WORD.release,
  ]);
}

function provenanceAgrees(
  path: string,
  statement: Statement,
  { build, artifact, run: id }: ArtifactContext & {
    readonly run: "control" | "varied";
  },
): Check {
  const at = (...keys: string[]) => jsonAt(statement.predicate, keys);
  const internal = (...keys: string[]) =>
    at("buildDefinition", "internalParameters", ...keys);
  const material = (name: string, digest: string) => {
    const found = listOf(at("buildDefinition", "resolvedDependencies"))
      .find((one) => jsonAt(one, ["name"]) === name);
    return found === undefined ? undefined : jsonAt(found, ["digest", digest]);
  };
  const { source, runs, recipe, lock } = build;
  const run = runs.find((one) => one.id === id);
  const sha256 = id === "control" ? artifact.sha256 : artifact.variedSha256;
  return agreement(path, [
    ["buildType", URI.rebuild, at("buildDefinition", "buildType")],
    [
      "recipe",
      recipe.sha256,
      external(at, "recipe", "digest", "sha256"),
    ],
    ["target", artifact.target, external(at, "target")],
    ["version", recipe.version, external(at, "version")],
    ["run", id, internal("run")],
    ["artifact", sha256, internal("artifact", "digest", "sha256")],
    ["seed", build.seed, internal("seed")],
    ["axes", written(run?.axes), written(internal("axes"))],
    ["isolation", run?.isolation ?? null, internal("isolation")],
    ["source date", source.sourceDateEpoch, internal("sourceDateEpoch")],
    [
      "source",
      [source.commit ?? "no commit", source.treeSha256].join(", "),
      [
        material("source", "gitCommit") ?? "no commit",
        material("source-list", "sha256"),
      ].join(", "),
    ],
    ["builder", URI.builder, at("runDetails", "builder", "id")],
    ...(build.host === undefined
      ? []
      : [["host", build.host, internal("host")] as const]),
    [
      "logs",
      written(
        run?.targets[artifact.target]?.steps.map((step) => step.logSha256),
      ),
      written(
        listOf(at("runDetails", "byproducts")).map((log) =>
          jsonAt(log, ["digest", "sha256"]) ?? null
        ),
      ),
    ],
  ], [
    statement,
    () =>
      provenanceStatement(
        {
          seed: build.seed,
          source,
          runs,
          ...(build.prepared === undefined ? {} : { prepared: build.prepared }),
          lock: needed(lock, "a lock"),
        },
        {
          ...artifact,
          comparison: artifact.variedSha256 === null
            ? null
            : { right: { sha256: artifact.variedSha256 } },
        },
        { recipe, run: id },
      ),
    ON_WORD.provenance,
  ]);
}

function needed<T>(value: T | null, what: string): T {
  if (value === null) throw new TypeError(`${what} that can be read`);
  return value;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A value as text, so that values with members can be held together. */
function written(value: unknown): string {
  return value === undefined ? "nothing" : canonicalJson(value as Json);
}

function comparisonAgrees(
  path: string,
  statement: Statement,
  { build, artifact }: ArtifactContext,
): Check {
  const { recipe } = build;
  const at = (...keys: string[]) => jsonAt(statement.predicate, keys);
  const annotation = (...keys: string[]) =>
    at("runDetails", "byproducts", "0", "annotations", ...keys);
  const dependency = (index: string) =>
    at("buildDefinition", "resolvedDependencies", index, "digest", "sha256");
  return agreement(path, [
    ["buildType", URI.comparison, at("buildDefinition", "buildType")],
    [
      "recipe",
      recipe.sha256,
      external(at, "recipe", "digest", "sha256"),
    ],
    ["artifact", artifact.name, external(at, "artifact")],
    ["target", artifact.target, external(at, "target")],
    ["version", recipe.version, external(at, "version")],
    ["verdict", artifact.verdict, annotation("verdict")],
    ["control digest", artifact.sha256, dependency("0")],
    ["varied digest", artifact.variedSha256, dependency("1")],
    [
      "differences",
      artifact.differences.length,
      count(annotation("differences")),
    ],
    [
      "normalised digest",
      artifact.normalizedSha256,
      at("runDetails", "byproducts", "1", "digest", "sha256") ?? null,
    ],
  ], [
    statement,
    () =>
      comparisonStatement(build, compared(artifact), {
        recipe,
        ...needed(build.allowed, "a policy"),
      }),
    ON_WORD.comparison,
  ]);
}

/** Its totals and limits are taken over from the statement. */
function compared(artifact: ReportedArtifact): StatedArtifact {
  const { sha256, variedSha256 } = artifact;
  return {
    ...artifact,
    comparison: sha256 === null || variedSha256 === null ? null : {
      left: { sha256 },
      right: { sha256: variedSha256 },
      summary: { bytesDiffering: 0, bytesAccounted: 0, fieldsDiffering: 0 },
      limitsHit: [],
    },
  };
}

/** Holds the decision against the report and the statements it rests on. */
export function decisionAgrees(
  statement: Statement,
  { report, payloads, policy }: {
    readonly report: ReleaseReport;
    readonly policy: Policy | null;
    readonly payloads: ReadonlyMap<string, string>;
  },
): Check {
  const at = (...keys: string[]) => jsonAt(statement.predicate, keys);
  const reproduced = isReproducedIndependently(
    policy?.quorum,
    report.rebuild.artifacts,
    report.checks,
  );
  const listed = at("inputAttestations");
  const inputs = (Array.isArray(listed) ? listed : []).map((input) =>
    `${String(jsonAt(input, ["uri"]))} ${
      String(jsonAt(input, ["digest", "sha256"]))
    }`
  ).sort();
  const found = [...payloads].map(([path, digest]) => `${path} ${digest}`)
    .sort();
  return agreement(RELEASE_FILES.decision, [
    ["form", "valid", summaryForm(statement)],
    ["verifier", URI.verifier, at("verifier", "id")],
    ["resource", report.resource, at("resourceUri")],
    ["result", "PASSED", at("verificationResult")],
    ["outcome", report.decision.outcome, at(URI.decision, "outcome")],
    ["time", report.now, at("timeVerified")],
    ["version", report.version, at(URI.release, "version")],
    ["channel", report.channel, at(URI.release, "channel")],
    ["sequence", report.sequence, at(URI.release, "sequence")],
    ["policy", report.inputs.policySha256, at("policy", "digest", "sha256")],
    [
      "levels",
      decisionLevels(report.decision.outcome, {
        verdict: report.rebuild.verdict,
        reproduced,
      }).join(" "),
      strings(at("verifiedLevels")).join(" "),
    ],
    ["inputs", found.join("; "), inputs.join("; ")],
  ], [
    statement,
    () =>
      verificationSummaryStatement(report.decision, {
        subjects: statement.subject,
        resource: needed(policy, "a policy").resource,
        version: report.version,
        channel: report.channel,
        sequence: report.sequence,
        policySha256: report.inputs.policySha256,
        verdict: report.rebuild.verdict,
        reproduced,
        inputs: [...payloads].map(([path, payloadSha256]) => ({
          path,
          payloadSha256,
        })),
        now: new Date(report.now),
      }),
    ON_WORD.decision,
  ]);
}

/** Whether a decision has every member that it must have, and no other. */
function summaryForm(statement: Statement): string {
  try {
    parseVerificationSummary(statement, RELEASE_FILES.decision);
    return "valid";
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return error.message;
  }
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

type Dig = (...keys: string[]) => Json | undefined;

function external(at: Dig, ...keys: string[]): Json | undefined {
  return at("buildDefinition", "externalParameters", ...keys);
}

function count(value: Json | undefined): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function agreement(
  path: string,
  members: readonly (readonly [string, Json, Json | undefined])[],
  whole: Parameters<typeof firstUnlike>,
): Check {
  const wrong = members.find(([, expected, observed]) => expected !== observed);
  const unlike = wrong === undefined ? firstUnlike(...whole) : null;
  return {
    id: `signature/agreement/${path}`,
    gate: "signature",
    code: "statement-disagrees",
    subject: path,
    status: wrong === undefined && unlike === null ? "pass" : "fail",
    expected: wrong === undefined
      ? "the statement that follows from the report"
      : `${wrong[0]} ${JSON.stringify(wrong[1])}`,
    observed: wrong !== undefined
      ? JSON.stringify(wrong[2]) ?? "nothing"
      : unlike === null
      ? "the same"
      : `another ${unlike}`,
    evidence: [],
  };
}
