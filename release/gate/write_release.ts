/**
 * Writes what a decision came to. A go becomes a release directory: archives,
 * list, report, statements and signatures, verified as everybody else would
 * before it gets its name. Anything else becomes a directory with another
 * name and without archives or checksum list, which no reader takes for one.
 *
 * @module
 */

import { join } from "@std/path";
import { createHash } from "node:crypto";
import { ReproofError } from "../../verify/error.ts";
import { sha256, sha256Reader } from "../../verify/digest.ts";
import { FileReader } from "../../verify/file_reader.ts";
import {
  compareBytes,
  formatChecksums,
} from "../../verify/integrity/checksums.ts";
import { listDirectory } from "../../verify/integrity/directory.ts";
import {
  packArchive,
  readerChunks,
  type TarInput,
} from "../../verify/integrity/pack_archive.ts";
import { readArchive } from "../../verify/integrity/read_archive.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import {
  formatArtifactsList,
  type PublishedArtifact,
} from "../artifacts_list.ts";
import {
  archiveName,
  BUNDLE_SUFFIX,
  INCOMPLETE_FILE,
  RELEASE_FILES,
} from "../layout.ts";
import { fuseDocuments } from "../fuse/fuse.ts";
import type { FuseRun } from "../fuse/provenance.ts";
import { formatReport, type ReleaseReport } from "../report/release_report.ts";
import type { Staging } from "../staging.ts";
import { releaseStatement } from "../statement/release.ts";
import { decisionSubjects } from "../verification/statements.ts";
import {
  type Verification,
  verifyRelease,
} from "../verification/verification.ts";
import {
  type Judged,
  writeDecision,
  writeEvidence,
  writeInput,
  writeStatements,
} from "./write_evidence.ts";

/** Packs the archive of each target that was built whole. */
async function packTargets(
  staging: Staging,
  recipe: Recipe,
  rebuilt: Rebuild,
): Promise<PublishedArtifact[]> {
  // The snapshot that was built, not the directory that may have changed.
  const { result, source } = rebuilt;
  const packed: PublishedArtifact[] = [];
  for (const [target, { artifacts }] of Object.entries(recipe.targets)) {
    const files = [
      ...artifacts.map(({ name, executable }) => ({
        path: name,
        from: rebuilt.outputs.get(`${target}/${name}`) ?? "",
        sha256: result.artifacts.find((artifact) =>
          artifact.target === target && artifact.name === name
        )?.sha256,
        executable,
      })),
      ...recipe.bundle.map((path) => ({
        path,
        from: join(source, path),
        sha256: rebuilt.sourceFiles.get(path),
        executable: isExecutable(join(source, path)),
      })),
    ].sort((a, b) => compareBytes(a.path, b.path));
    if (files.some((file) => file.from === "")) continue;
    const name = archiveName(recipe, target);
    const hash = createHash("sha256");
    let size = 0;
    using output = staging.create(name);
    const chunks = packArchive(
      tarInputs(files),
      result.source.sourceDateEpoch,
    );
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(output.writeSync(rest));
    }
    packed.push({
      name,
      sha256: hash.digest("hex"),
      size,
      target,
      format: "tar.gz",
    });
  }
  return packed.sort((a, b) => compareBytes(a.name, b.name));
}

interface PackedFile {
  readonly path: string;
  readonly from: string;
  /** Of the bytes that were judged, or undefined for a file that was not. */
  readonly sha256: string | undefined | null;
  readonly executable: boolean;
}

function* tarInputs(files: readonly PackedFile[]): Generator<TarInput> {
  for (const file of files) {
    using reader = new FileReader(file.from);
    yield {
      path: file.path,
      executable: file.executable,
      size: reader.size,
      bytes: judgedChunks(reader, file),
    };
  }
}

/** A build without a sandbox can reach what it was copied from. */
function* judgedChunks(
  reader: FileReader,
  { path, sha256: expected }: PackedFile,
): Generator<Uint8Array> {
  const hash = createHash("sha256");
  for (const chunk of readerChunks(reader)) {
    hash.update(chunk);
    yield chunk;
  }
  const observed = hash.digest("hex");
  if (observed === expected) return;
  throw new ReproofError("file-changed", `Packing "${path}"`, {
    expected: expected ? `sha256:${expected}` : "a file of the source",
    observed: `sha256:${observed}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    return ((Deno.lstatSync(path).mode ?? 0) & 0o111) !== 0;
  } catch (cause) {
    throw new ReproofError("file-not-readable", `Packing "${path}"`, {
      expected: "a file of the source that was built",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/** Signs the list of everything staged so far. */
async function writeChecksums(
  staging: Staging,
  judged: Judged,
): Promise<string> {
  const entries = listDirectory(staging.path).files
    .filter((path) => !path.endsWith(BUNDLE_SUFFIX) && path !== INCOMPLETE_FILE)
    .map((path) => {
      using reader = new FileReader(join(staging.path, path));
      return { path, sha256: sha256Reader(reader) };
    });
  const list = new TextEncoder().encode(formatChecksums(entries));
  staging.write(RELEASE_FILES.checksums, list);
  staging.write(
    RELEASE_FILES.checksumsBundle,
    await judged.inputs.signer.blob(list),
  );
  return sha256(list);
}

/** Writes the documents in FUSE's shapes. */
async function writeFuse(
  staging: Staging,
  report: ReleaseReport,
  run: FuseRun,
): Promise<void> {
  const payloads = await Promise.all(
    report.subjects.map(async ({ name, sha256, size }) => {
      using reader = new FileReader(join(staging.path, name));
      const { members } = await readArchive(reader);
      return { name, sha256, size, members };
    }),
  );
  for (const [path, text] of fuseDocuments(report, payloads, run)) {
    staging.write(path, text);
  }
}

/**
 * Completes a release in its staging directory and verifies it.
 *
 * @returns The report with the published files.
 * @throws {ReproofError} `release-not-verified` when it would not verify.
 */
export async function writeRelease(
  staging: Staging,
  decided: Judged,
): Promise<ReleaseReport> {
  const { inputs, rebuilt, now } = decided;
  const recipe = inputs.recipe.value;
  const report = {
    ...decided.report,
    ...(decided.fuse === null ? {} : { fuse: true as const }),
    subjects: await packTargets(staging, recipe, rebuilt),
  };
  const judged = { ...decided, report };
  staging.write(
    RELEASE_FILES.artifacts,
    formatArtifactsList(
      report.subjects,
      report.rebuild.source.sourceDateEpoch,
    ),
  );
  await writeEvidence(staging, judged);
  if (decided.fuse !== null) await writeFuse(staging, report, decided.fuse);
  const listSha256 = await writeChecksums(staging, judged);
  const subjects = decisionSubjects(report, listSha256);
  const statements = [
    ...await writeStatements(staging, judged),
    await writeInput(staging, RELEASE_FILES.release, {
      statement: releaseStatement(subjects, report.resource),
      judged,
    }),
  ];
  await writeDecision(staging, judged, {
    subjects,
    statements,
    decision: report.decision,
  });
  const verification = await verifyRelease(staging.path, {
    trust: inputs.signer.trust,
    policy: null,
    files: inputs,
    now: inputs.signer.verifiedAt(now),
    unfinished: true,
  });
  if (verification.decision.outcome !== "go") refuse(verification);
  return report;
}

function refuse({ decision, checks }: Verification): never {
  const first = decision.reasons[0];
  const check = checks.find((one) => one.id === first?.check);
  throw new ReproofError(
    "release-not-verified",
    `Verifying the new release at "${first?.subject ?? "its gates"}"`,
    {
      expected: check?.expected ?? "a release that verifies",
      observed: check?.observed ?? decision.outcome,
    },
  );
}

/**
 * Writes a signed refusal: everything but the archives and the list.
 *
 * @returns The report, as written.
 */
export async function writeRefusal(
  staging: Staging,
  judged: Judged,
): Promise<ReleaseReport> {
  const { report } = judged;
  await writeEvidence(staging, judged);
  const statements = await writeStatements(staging, judged);
  await writeDecision(staging, judged, {
    subjects: [{
      name: RELEASE_FILES.report,
      digest: { sha256: sha256(formatReport(report)) },
    }],
    statements,
    decision: report.decision,
  });
  return report;
}
