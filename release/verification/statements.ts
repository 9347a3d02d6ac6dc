/**
 * The signatures of a release: the checksum list, one provenance and one
 * comparison for each artifact, and the decision. The set is exact, and what
 * each statement says is held against the report and the files.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import { isReproducedIndependently, type Quorum } from "../../policy/quorum.ts";
import { decisionLevels } from "../statement/verification_summary.ts";
import type { Denial } from "../../policy/deny.ts";
import { CHECKSUMS } from "../../policy/trust.ts";
import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import type { Check } from "../../verify/check.ts";
import {
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import { parseVerificationSummary } from "../../verify/attest/verification_summary.ts";
import { URI } from "../../verify/attest/vocabulary.ts";
import { ReproofError } from "../../verify/error.ts";
import { MemoryReader } from "../../verify/reader.ts";
import type { Json } from "../../verify/strict_json.ts";
import {
  archiveName,
  BUNDLE_SUFFIX,
  RELEASE_FILES,
  statementFile,
} from "../layout.ts";
import type {
  ReleaseReport,
  ReportedArtifact,
} from "../report/release_report.ts";
import { integrity, type Inventory } from "./inventory.ts";
import { type ReleaseTrust, verifyTrusted } from "./trust.ts";

/** What the statements are held against. */
export interface StatementContext {
  readonly inventory: Inventory;
  readonly report: ReleaseReport | null;
  readonly trust: ReleaseTrust;
  /** Whose word counts no longer. */
  readonly deny: readonly Denial[];
  readonly now: Date;
  /** Carried statements that count, of rebuilders and drills, by path. */
  readonly carried: ReadonlyMap<string, string>;
  /** The policy beside the release, for the levels of its decision. */
  readonly policy: Policy | null;
}

/** Verifies every signature of a release. */
export function statementChecks(context: StatementContext): Check[] {
  return [
    ...listSignature(context),
    ...(context.report === null
      ? []
      : reportStatements(context, context.report)),
  ];
}

function listSignature(context: StatementContext): Check[] {
  const { inventory, trust, deny, now, report } = context;
  const list = inventory.files.get(RELEASE_FILES.checksums)?.bytes;
  const bundle = inventory.files.get(RELEASE_FILES.checksumsBundle)?.bytes;
  if (!list || !bundle) return [missing(RELEASE_FILES.checksumsBundle)];
  return [
    ...verifyTrusted(
      bundle,
      { targets: targetsOf(report), predicateType: CHECKSUMS },
      {
        name: RELEASE_FILES.checksumsBundle,
        trust,
        deny,
        now,
        decidedAt: decidedAt(report),
        expect: { kind: "blob", artifact: new MemoryReader(list) },
      },
    ).checks,
  ];
}

/** Targets that a release speaks of as a whole. */
export function targetsOf(
  report: Pick<ReleaseReport, "rebuild"> | null,
): string[] {
  const artifacts = report?.rebuild.artifacts ?? [];
  return [...new Set(artifacts.map((artifact) => artifact.target))];
}

function decidedAt(report: ReleaseReport | null): Date | undefined {
  return report === null ? undefined : new Date(report.now);
}

function reportStatements(
  context: StatementContext,
  report: ReleaseReport,
): Check[] {
  const { inventory } = context;
  const checks: Check[] = [];
  const payloads = new Map<string, string>();
  const expected = new Set<string>([
    RELEASE_FILES.checksumsBundle,
    RELEASE_FILES.decision,
  ]);
  if (report.fuse === true) expected.add(RELEASE_FILES.fuseBundle);
  for (const [path, payloadSha256] of context.carried) {
    expected.add(path);
    payloads.set(path, payloadSha256);
  }
  for (const artifact of report.rebuild.artifacts) {
    const name = artifactName(artifact);
    for (const kind of ["provenance", "comparison"] as const) {
      const path = statementFile(name, kind);
      expected.add(path);
      const found = verifyStatement(context, path, {
        predicateType: PREDICATE_TYPE.provenance,
        targets: [artifact.target],
        subjects: kind === "provenance"
          ? provenanceSubjects(report, artifact)
          : artifactSubjects(artifact),
      });
      checks.push(...found.checks);
      if (found.statement === null) continue;
      payloads.set(path, found.payloadSha256);
      checks.push(
        kind === "provenance"
          ? provenanceAgrees(path, found.statement, { report, artifact })
          : comparisonAgrees(path, found.statement, { report, artifact }),
      );
    }
  }
  const decision = verifyStatement(context, RELEASE_FILES.decision, {
    predicateType: PREDICATE_TYPE.verificationSummary,
    targets: targetsOf(report),
    subjects: decisionSubjects(
      report,
      inventory.files.get(RELEASE_FILES.checksums)?.sha256,
    ),
  });
  checks.push(...decision.checks);
  if (decision.statement !== null) {
    checks.push(
      decisionAgrees(decision.statement, {
        report,
        payloads,
        quorum: context.policy?.quorum,
      }),
    );
  }
  const strays = [...inventory.files.keys()].filter((path) =>
    path.endsWith(BUNDLE_SUFFIX) && !expected.has(path)
  );
  return [
    ...checks,
    ...strays.map((path) =>
      integrity("extra", path, "fail", {
        code: "file-not-listed",
        expected: "only statements that belong to the release",
        observed: "another statement",
      })
    ),
  ];
}

function verifyStatement(
  context: StatementContext,
  path: string,
  expect: {
    readonly predicateType: string;
    readonly targets: readonly string[];
    readonly subjects: readonly Subject[];
  },
):
  & { readonly checks: readonly Check[] }
  & (
    | { readonly statement: Statement; readonly payloadSha256: string }
    | { readonly statement: null }
  ) {
  const bytes = context.inventory.files.get(path)?.bytes;
  if (!bytes) return { checks: [missing(path)], statement: null };
  const verified = verifyTrusted(bytes, expect, {
    name: path,
    trust: context.trust,
    deny: context.deny,
    now: context.now,
    decidedAt: decidedAt(context.report),
    expect: {
      kind: "statement",
      predicateTypes: [expect.predicateType],
      subjects: expect.subjects,
      rule: "exactly",
    },
  });
  if (
    verified.status !== "verified" || verified.content.kind !== "statement"
  ) return { checks: verified.checks, statement: null };
  const { statement, payloadSha256 } = verified.content;
  return { checks: verified.checks, statement, payloadSha256 };
}

/** Name of an artifact in statements and in the names of their files. */
export function artifactName(
  artifact: { readonly target: string; readonly name: string },
): string {
  return `${artifact.target}/${artifact.name}`;
}

/** Subjects of a comparison: the artifact itself. */
export function artifactSubjects(
  artifact: Pick<ReportedArtifact, "target" | "name" | "sha256">,
): Subject[] {
  return artifact.sha256 === null ? [] : [{
    name: artifactName(artifact),
    digest: { sha256: artifact.sha256 },
  }];
}

/** Subjects of provenance: the artifact, and the archive it is published in. */
export function provenanceSubjects(
  report: Pick<ReleaseReport, "project" | "version" | "subjects">,
  artifact: Pick<ReportedArtifact, "target" | "name" | "sha256">,
): Subject[] {
  const archive = archiveName(
    { name: report.project, version: report.version },
    artifact.target,
  );
  return [
    ...artifactSubjects(artifact),
    ...report.subjects.filter((subject) => subject.name === archive)
      .map(({ name, sha256 }): Subject => ({ name, digest: { sha256 } })),
  ];
}

/** Subjects of the decision: every archive, and the list that names all files. */
export function decisionSubjects(
  report: Pick<ReleaseReport, "subjects">,
  listSha256: string | undefined,
): Subject[] {
  return [
    ...report.subjects.map(({ name, sha256 }) => ({
      name,
      digest: { sha256 },
    })),
    ...(listSha256 === undefined ? [] : [{
      name: RELEASE_FILES.checksums,
      digest: { sha256: listSha256 },
    }]),
  ];
}

interface ArtifactContext {
  readonly report: ReleaseReport;
  readonly artifact: ReportedArtifact;
}

function provenanceAgrees(
  path: string,
  statement: Statement,
  { report, artifact }: ArtifactContext,
): Check {
  const at = (...keys: string[]) => dig(statement.predicate, keys);
  const internal = (...keys: string[]) =>
    at("buildDefinition", "internalParameters", ...keys);
  const material = (name: string, digest: string) => {
    const found = listOf(at("buildDefinition", "resolvedDependencies"))
      .find((one) => dig(one, ["name"]) === name);
    return found === undefined ? undefined : dig(found, ["digest", digest]);
  };
  const { source, runs } = report.rebuild;
  const run = runs.find(({ id }) => id === "control");
  return agreement(path, [
    ["buildType", URI.rebuild, at("buildDefinition", "buildType")],
    [
      "recipe",
      report.inputs.recipeSha256,
      external(at, "recipe", "digest", "sha256"),
    ],
    ["target", artifact.target, external(at, "target")],
    ["version", report.version, external(at, "version")],
    ["run", "control", internal("run")],
    ["artifact", artifact.sha256, internal("artifact", "digest", "sha256")],
    ["seed", report.rebuild.seed, internal("seed")],
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
    [
      "logs",
      written(
        run?.targets[artifact.target]?.steps.map((step) => step.logSha256),
      ),
      written(
        listOf(at("runDetails", "byproducts")).map((log) =>
          dig(log, ["digest", "sha256"]) ?? null
        ),
      ),
    ],
  ]);
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
  { report, artifact }: ArtifactContext,
): Check {
  const at = (...keys: string[]) => dig(statement.predicate, keys);
  const annotation = (...keys: string[]) =>
    at("runDetails", "byproducts", "0", "annotations", ...keys);
  const dependency = (index: string) =>
    at("buildDefinition", "resolvedDependencies", index, "digest", "sha256");
  return agreement(path, [
    ["buildType", URI.comparison, at("buildDefinition", "buildType")],
    [
      "recipe",
      report.inputs.recipeSha256,
      external(at, "recipe", "digest", "sha256"),
    ],
    ["artifact", artifact.name, external(at, "artifact")],
    ["target", artifact.target, external(at, "target")],
    ["version", report.version, external(at, "version")],
    ["verdict", artifact.verdict, annotation("verdict")],
    ["control digest", artifact.sha256, dependency("0")],
    ["varied digest", artifact.variedSha256, dependency("1")],
    [
      "differences",
      artifact.differences.length,
      count(annotation("differences")),
    ],
  ]);
}

function decisionAgrees(
  statement: Statement,
  { report, payloads, quorum }: {
    readonly report: ReleaseReport;
    readonly payloads: ReadonlyMap<string, string>;
    readonly quorum: Quorum | undefined;
  },
): Check {
  const at = (...keys: string[]) => dig(statement.predicate, keys);
  const listed = at("inputAttestations");
  const inputs = (Array.isArray(listed) ? listed : []).map((input) =>
    `${String(dig(input, ["uri"]))} ${String(dig(input, ["digest", "sha256"]))}`
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
        reproduced: isReproducedIndependently(
          quorum,
          report.rebuild.artifacts,
          report.checks,
        ),
      }).join(" "),
      strings(at("verifiedLevels")).join(" "),
    ],
    ["inputs", found.join("; "), inputs.join("; ")],
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

function dig(value: Json, keys: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const key of keys) {
    if (
      current === null || typeof current !== "object" ||
      !Object.hasOwn(current, key)
    ) return undefined;
    current = (current as Record<string, Json>)[key];
  }
  return current;
}

function count(value: Json | undefined): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function agreement(
  path: string,
  members: readonly (readonly [string, Json, Json | undefined])[],
): Check {
  const wrong = members.find(([, expected, observed]) => expected !== observed);
  return {
    id: `signature/agreement/${path}`,
    gate: "signature",
    code: "statement-disagrees",
    subject: path,
    status: wrong === undefined ? "pass" : "fail",
    expected: wrong === undefined
      ? "a statement that says what the report says"
      : `${wrong[0]} ${JSON.stringify(wrong[1])}`,
    observed: wrong === undefined
      ? `${members.length} members agree`
      : JSON.stringify(wrong[2]) ?? "nothing",
    evidence: [],
  };
}

function missing(path: string): Check {
  return integrity("signature", path, "fail", {
    code: "file-missing",
    expected: "a signature of the release",
    observed: "no file",
  });
}
