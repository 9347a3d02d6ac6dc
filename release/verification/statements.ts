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
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import { lockOf } from "../../verify/rebuild/target_toolchains.ts";
import {
  archiveName,
  ARTIFACT_STATEMENTS,
  type ArtifactStatement,
  BUNDLE_SUFFIX,
  RELEASE_FILES,
  statementFile,
} from "../layout.ts";
import {
  builtHere,
  type ReleaseReport,
  type ReportedArtifact,
} from "../report/release_report.ts";
import { testSubjects } from "../statement/test_result.ts";
import {
  type ArtifactContext,
  decisionAgrees,
  releaseAgrees,
  testResultAgrees,
} from "./agreement.ts";
import {
  artifactStatement,
  type ExpectedStatement,
  type FoundStatement,
  type SigningContext,
  verifyStatement,
} from "./artifact_statement.ts";
import { decidingBuild } from "./host_build.ts";
import { integrity, type Inventory } from "./inventory.ts";
import { buildOf, type CarriedSupply } from "../supply/judge_supply.ts";
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
  /** Builders elsewhere who signed for their own targets. */
  readonly builders: readonly CarriedSupply[];
  /** Documents beside the release, which statements follow from. */
  readonly recipe: Recipe | null;
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
  for (const { target, name } of report.rebuild.artifacts) {
    const own = signerOf(context, report, { target, name });
    for (const kind of ARTIFACT_STATEMENTS) {
      const path = statementFile(`${target}/${name}`, kind);
      expected.add(path);
      const bytes = inventory.files.get(path)?.bytes;
      const found = !bytes || own === null
        ? { checks: [missing(path)], statement: null }
        : artifactStatement(bytes, path, {
          ...own,
          kind,
          subjects: subjectsOf(kind, own),
        });
      checks.push(...found.checks);
      if (found.statement !== null) payloads.set(path, found.payloadSha256);
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
    const found = signed(context, path, {
      ...expect,
      targets: targetsOf(report),
    });
    checks.push(...found.checks);
    if (found.statement === null) continue;
    payloads.set(path, found.payloadSha256);
    checks.push(agrees(found.statement));
  }
  const decision = signed(context, RELEASE_FILES.decision, {
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

function signed(
  context: StatementContext,
  path: string,
  expect: ExpectedStatement,
): FoundStatement {
  const bytes = context.inventory.files.get(path)?.bytes;
  return bytes
    ? verifyStatement(bytes, path, { ...expect, ...signing(context) })
    : { checks: [missing(path)], statement: null };
}

function signing(
  { trust, deny, now, report }: StatementContext,
): SigningContext {
  return { trust, deny, now, decidedAt: decidedAt(report) };
}

/** Who speaks for an artifact, and what it follows from. */
interface Speaker extends SigningContext, ArtifactContext {
  /** Files that provenance is about. */
  readonly subjects: readonly Subject[];
}

/** Whoever built it; null for an artifact that its builder does not name. */
function signerOf(
  context: StatementContext,
  report: ReleaseReport,
  { target, name }: Pick<ReportedArtifact, "target" | "name">,
): Speaker | null {
  const named = (artifact: ReportedArtifact) =>
    artifact.target === target && artifact.name === name;
  const builder = context.builders.find(({ targets }) =>
    targets.includes(target)
  );
  const artifact = (builder?.supply ?? report.rebuild).artifacts.find(named);
  const { recipe, lock, policy } = context;
  if (artifact === undefined) return null;
  if (builder === undefined) {
    return {
      ...signing(context),
      artifact,
      build: decidingBuild(report, {
        policy,
        lock: lock === null || recipe === null
          ? null
          : lockOf(recipe, lock, builtHere(report)),
      }),
      subjects: provenanceSubjects(report, artifact),
    };
  }
  if (recipe === null) return null;
  return {
    ...signing(context),
    trust: { kind: "signers", signers: [builder.signer] },
    artifact,
    build: buildOf(builder, recipe),
    subjects: artifactSubjects(artifact),
  };
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
  { artifact, subjects }: Pick<Speaker, "artifact" | "subjects">,
): readonly Subject[] {
  switch (kind) {
    case "provenance":
      return subjects;
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
