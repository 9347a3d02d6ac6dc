/**
 * The files of a decision directory that every outcome has: the documents that
 * decided, the logs, the report, and the signed statements.
 *
 * @module
 */

import { liveTolerances } from "../../policy/tolerances.ts";
import { isReproducedIndependently } from "../../policy/quorum.ts";
import { join } from "@std/path";
import type { Decision } from "../../policy/decision.ts";
import {
  serializeStatement,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import { sha256 } from "../../verify/digest.ts";
import { listDirectory } from "../../verify/integrity/directory.ts";
import { isAttestation, joinBundles } from "../bundle_lines.ts";
import type { FuseRun } from "../fuse/provenance.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import {
  ARTIFACT_STATEMENTS,
  BUNDLE_SUFFIX,
  RELEASE_FILES,
  statementFile,
  suppliedLockFile,
  supplyFile,
} from "../layout.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { formatReport, type ReleaseReport } from "../report/release_report.ts";
import type { Staging } from "../staging.ts";
import { artifactStatements } from "../statement/artifact_statements.ts";
import { testResultStatement } from "../statement/test_result.ts";
import {
  type InputAttestation,
  verificationSummaryStatement,
} from "../statement/verification_summary.ts";
import type { CountedBundle } from "../verification/ballot.ts";
import {
  artifactName,
  provenanceSubjects,
} from "../verification/statements.ts";
import type { TakenSupply } from "../supply/take_supplies.ts";
import type { GateInputs } from "./inputs.ts";

/** What the writers share. */
export interface Judged {
  readonly inputs: GateInputs;
  readonly rebuilt: Rebuild;
  readonly report: ReleaseReport;
  readonly now: Date;
  /** The workflow run to state in FUSE's shape; null for no such document. */
  readonly fuse: FuseRun | null;
  /** The bundle of a rollback drill, and the digest of what it signs. */
  readonly drill:
    | { readonly bytes: Uint8Array; readonly payloadSha256: string }
    | null;
  /** Builders elsewhere, with what they signed. */
  readonly taken: readonly TakenSupply[];
  /** Statements of others that the decision counts. */
  readonly evidence: readonly CountedBundle[];
  /** Evidence of the gates that the policy names, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Writes documents, logs and report. */
export async function writeEvidence(
  staging: Staging,
  judged: Judged,
): Promise<void> {
  const { inputs, rebuilt, report } = judged;
  staging.write(RELEASE_FILES.recipe, inputs.recipe.bytes);
  staging.write(RELEASE_FILES.lock, inputs.lock.bytes);
  staging.write(RELEASE_FILES.policy, inputs.policy.bytes);
  for (const log of rebuilt.logs.filter(isKept)) {
    staging.write(
      `${RELEASE_FILES.logs}/${log.name}`,
      Deno.readFileSync(log.path),
    );
  }
  for (const [path, bytes] of judged.files) staging.write(path, bytes);
  const locks = new Map(
    judged.taken.map((one) => [suppliedLockFile(one.lockSha256), one]),
  );
  for (const [path, { lockBytes }] of locks) staging.write(path, lockBytes);
  staging.write(RELEASE_FILES.report, formatReport(report));
  staging.write(RELEASE_FILES.summary, renderMarkdown(report));
  const { formatSbom } = await import("../sbom/sbom.ts");
  staging.write(
    RELEASE_FILES.sbom,
    formatSbom({
      recipe: inputs.recipe.value,
      lock: inputs.lock.value,
      builders: judged.taken,
      report,
    }),
  );
}

/**
 * What `prepare` prints tells of the network and of caches, differs from run
 * to run, and proves nothing that the lock does not; it is no evidence.
 */
function isKept(log: { readonly name: string }): boolean {
  return !log.name.startsWith("prepare-");
}

/**
 * Signs what was found: provenance of each run and the comparison for each
 * artifact that was built, and the test result.
 */
export async function writeStatements(
  staging: Staging,
  judged: Judged,
): Promise<InputAttestation[]> {
  const { inputs, rebuilt, report, now } = judged;
  const policy = inputs.policy.value;
  const recipe = {
    name: inputs.recipe.value.name,
    version: inputs.recipe.value.version,
    sha256: inputs.recipe.sha256,
  };
  const written: InputAttestation[] = [];
  for (const artifact of rebuilt.result.artifacts) {
    if (artifact.sha256 === null) continue;
    const builder = judged.taken.find(({ targets }) =>
      targets.includes(artifact.target)
    );
    // Nobody vouches for a build but who made it.
    if (builder !== undefined) continue;
    const name = artifactName(artifact);
    const statements = artifactStatements(rebuilt.result, artifact, {
      recipe,
      provenanceSubjects: provenanceSubjects(report, artifact),
      normalizers: policy.reproducibility.normalizers,
      tolerances: liveTolerances(policy, now),
    });
    for (const kind of ARTIFACT_STATEMENTS) {
      const statement = statements[kind];
      if (statement === undefined) continue;
      written.push(
        await writeInput(staging, statementFile(name, kind), {
          statement,
          judged,
        }),
      );
    }
  }
  for (const { statements, bundle, payloadSha256 } of judged.taken) {
    const own = new Map([
      ...statements,
      [supplyFile(payloadSha256), { bytes: bundle, payloadSha256 }],
    ]);
    for (const [path, { bytes, payloadSha256 }] of own) {
      staging.write(path, bytes);
      written.push({ path, payloadSha256 });
    }
  }
  if (judged.drill !== null) {
    const { bytes, payloadSha256 } = judged.drill;
    staging.write(RELEASE_FILES.drill, bytes);
    written.push({ path: RELEASE_FILES.drill, payloadSha256 });
  }
  written.push(
    await writeInput(staging, RELEASE_FILES.testResult, {
      statement: testResultStatement(report),
      judged,
    }),
  );
  const known = new Set(written.map(({ payloadSha256 }) => payloadSha256));
  // Each under the name of what it says, so that copies fall together.
  for (const { payloadSha256, bytes } of judged.evidence) {
    // A builder's own statements lie with what they are about.
    if (known.has(payloadSha256)) continue;
    const path = `${RELEASE_FILES.rebuilders}/${payloadSha256}${BUNDLE_SUFFIX}`;
    staging.write(path, bytes);
    written.push({ path, payloadSha256 });
  }
  return written;
}

/** Signs the decision, which rests on the other statements; joins them all. */
export async function writeDecision(
  staging: Staging,
  judged: Judged,
  options: {
    readonly subjects: readonly Subject[];
    readonly statements: readonly InputAttestation[];
    readonly decision: Decision;
  },
): Promise<void> {
  const { inputs, rebuilt, report, now } = judged;
  const statement = verificationSummaryStatement(options.decision, {
    subjects: options.subjects,
    resource: inputs.policy.value.resource,
    version: inputs.recipe.value.version,
    channel: report.channel,
    sequence: report.sequence,
    policySha256: inputs.policy.sha256,
    verdict: rebuilt.result.verdict,
    reproduced: isReproducedIndependently(
      inputs.policy.value.quorum,
      report.rebuild.artifacts,
      report.checks,
    ),
    inputs: options.statements,
    now,
  });
  await writeStatement(staging, RELEASE_FILES.decision, { statement, judged });
  const paths = listDirectory(staging.path).files.filter(isAttestation);
  staging.write(
    RELEASE_FILES.bundleLines,
    joinBundles(
      paths.map((path) => [path, Deno.readFileSync(join(staging.path, path))]),
    ),
  );
}

/** Signs a statement that the decision rests on. */
export async function writeInput(
  staging: Staging,
  path: string,
  options: Parameters<typeof writeStatement>[2],
): Promise<InputAttestation> {
  const payloadSha256 = await writeStatement(staging, path, options);
  return { path, payloadSha256 };
}

async function writeStatement(
  staging: Staging,
  path: string,
  { statement, judged }: {
    readonly statement: Statement;
    readonly judged: Judged;
  },
): Promise<string> {
  staging.write(path, await judged.inputs.signer.statement(statement));
  return sha256(serializeStatement(statement));
}
