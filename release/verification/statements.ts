/**
 * The signatures of a release: the checksum list, the provenance of each run
 * and the comparison for each artifact, the test result, the release, and the
 * decision. The set is exact, and what each statement says is held against the
 * report and the files.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import type { Denial } from "../../policy/deny.ts";
import { CHECKSUMS } from "../../policy/trust.ts";
import type { Check } from "../../verify/check.ts";
import {
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import { MemoryReader } from "../../verify/reader.ts";
import type { Lock } from "../../verify/rebuild/lock.ts";
import {
  archiveName,
  ARTIFACT_STATEMENTS,
  type ArtifactStatement,
  BUNDLE_SUFFIX,
  RELEASE_FILES,
  statementFile,
} from "../layout.ts";
import type {
  ReleaseReport,
  ReportedArtifact,
} from "../report/release_report.ts";
import { testSubjects } from "../statement/test_result.ts";
import {
  artifactAgrees,
  decisionAgrees,
  releaseAgrees,
  testResultAgrees,
} from "./agreement.ts";
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
  /** Lock and policy beside the release, which statements follow from. */
  readonly lock: Lock | null;
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
  for (const [path, payloadSha256] of context.carried) {
    expected.add(path);
    payloads.set(path, payloadSha256);
  }
  for (const artifact of report.rebuild.artifacts) {
    const name = artifactName(artifact);
    for (const kind of ARTIFACT_STATEMENTS) {
      const path = statementFile(name, kind);
      expected.add(path);
      const found = verifyStatement(context, path, {
        predicateType: PREDICATE_TYPE.provenance,
        targets: [artifact.target],
        subjects: subjectsOf(kind, report, artifact),
      });
      checks.push(...found.checks);
      if (found.statement === null) continue;
      payloads.set(path, found.payloadSha256);
      checks.push(
        artifactAgrees(path, found.statement, {
          kind,
          report,
          artifact,
          lock: context.lock,
          policy: context.policy,
        }),
      );
    }
  }
  const subjects = decisionSubjects(
    report,
    inventory.files.get(RELEASE_FILES.checksums)?.sha256,
  );
  for (
    const [path, expect, agrees] of [
      [RELEASE_FILES.testResult, {
        predicateType: PREDICATE_TYPE.testResult,
        subjects: testSubjects(report),
      }, (statement: Statement) => testResultAgrees(statement, report)],
      [RELEASE_FILES.release, {
        predicateType: PREDICATE_TYPE.release,
        subjects,
      }, (statement: Statement) => releaseAgrees(statement, report, subjects)],
    ] as const
  ) {
    expected.add(path);
    const found = verifyStatement(context, path, {
      ...expect,
      targets: targetsOf(report),
    });
    checks.push(...found.checks);
    if (found.statement === null) continue;
    payloads.set(path, found.payloadSha256);
    checks.push(agrees(found.statement));
  }
  const decision = verifyStatement(context, RELEASE_FILES.decision, {
    predicateType: PREDICATE_TYPE.verificationSummary,
    targets: targetsOf(report),
    subjects,
  });
  checks.push(...decision.checks);
  if (decision.statement !== null) {
    checks.push(
      decisionAgrees(decision.statement, {
        report,
        payloads,
        policy: context.policy,
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

/** Subjects of a statement about one artifact. */
function subjectsOf(
  kind: ArtifactStatement,
  report: ReleaseReport,
  artifact: ReportedArtifact,
): Subject[] {
  switch (kind) {
    case "provenance":
      return provenanceSubjects(report, artifact);
    case "varied.provenance":
      return artifactSubjects({ ...artifact, sha256: artifact.variedSha256 });
    case "comparison":
      return artifactSubjects(artifact);
  }
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

function missing(path: string): Check {
  return integrity("signature", path, "fail", {
    code: "file-missing",
    expected: "a signature of the release",
    observed: "no file",
  });
}
