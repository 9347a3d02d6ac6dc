/**
 * `release-provenance.json` in the shape that FUSE publishes since v0.9.4:
 * which workflow run of a forge made which files. It is written on request
 * (`--fuse`), signed beside itself because it names the checksum list and so
 * cannot be in it, and its facts about the files follow from the release; the
 * facts about the workflow rest on the signer.
 *
 * @module
 */

import { z } from "zod";
import { type DocumentKind, parseDocument } from "../verify/document.ts";
import { UsageError } from "../verify/error.ts";
import { RELEASE_FILES } from "./layout.ts";
import type { ReleaseReport } from "./report/release_report.ts";

const file = {
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(0),
};

const provenanceSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generatedAtUtc: z.iso.datetime(),
  sourceDateEpoch: z.int(),
  repository: z.string().min(1),
  ref: z.string().min(1),
  tag: z.string().min(1),
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  workflow: z.strictObject({
    name: z.string().min(1),
    path: z.string().min(1),
    ref: z.string().min(1),
    event: z.string().min(1),
    actor: z.string().min(1),
    runId: z.string().regex(/^\d+$/),
    runAttempt: z.int().min(1),
  }),
  artifacts: z.array(z.strictObject({ name: z.string(), ...file })),
  sboms: z.array(
    z.strictObject({ name: z.string(), subject: z.string(), ...file }),
  ),
  checksums: z.strictObject({
    name: z.literal(RELEASE_FILES.checksums),
    ...file,
  }),
});

/** The document after validation. */
export type FuseProvenance = z.infer<typeof provenanceSchema>;
/** The part that the forge says. */
export type FuseRun =
  & Pick<FuseProvenance, "repository" | "ref" | "workflow">
  & {
    readonly commit: string;
  };

const PROVENANCE: DocumentKind<FuseProvenance> = {
  schema: provenanceSchema,
  code: "release-inconsistent",
};

/** A file by digest and size. */
export interface SizedFile {
  readonly sha256: string;
  readonly size: number;
}

/**
 * Reads what GitHub Actions says of a run ("Variables reference").
 *
 * @throws {UsageError} `usage` for the first variable that is missing.
 */
export function readFuseRun(
  env: (name: string) => string | undefined,
): FuseRun {
  const read = (name: string) => {
    const value = env(name);
    if (value) return value;
    throw new UsageError("usage", 'Reading the variables for "--fuse"', {
      expected: `the variable "${name}" of a GitHub workflow`,
      observed: "none",
    });
  };
  // OWNER/REPOSITORY/PATH@REF
  const [path = "", ref = ""] = read("GITHUB_WORKFLOW_REF").split("@");
  return {
    repository: read("GITHUB_REPOSITORY"),
    ref: read("GITHUB_REF"),
    commit: read("GITHUB_SHA"),
    workflow: {
      name: read("GITHUB_WORKFLOW"),
      path: path.split("/").slice(2).join("/"),
      ref,
      event: read("GITHUB_EVENT_NAME"),
      actor: read("GITHUB_ACTOR"),
      runId: read("GITHUB_RUN_ID"),
      runAttempt: Number(read("GITHUB_RUN_ATTEMPT")),
    },
  };
}

type Fact = Pick<
  FuseProvenance,
  | "generatedAtUtc"
  | "sourceDateEpoch"
  | "tag"
  | "artifacts"
  | "sboms"
  | "checksums"
>;

/** What follows from a release. */
export function fuseFacts(
  report: ReleaseReport,
  files: { readonly list: SizedFile; readonly sbom: SizedFile },
): Fact {
  const { sourceDateEpoch } = report.rebuild.source;
  return {
    generatedAtUtc: new Date(sourceDateEpoch * 1000).toISOString()
      .replace(".000Z", "Z"),
    sourceDateEpoch,
    tag: report.tag,
    artifacts: report.subjects.map(({ name, sha256, size }) => ({
      name,
      sha256,
      size,
    })),
    sboms: report.subjects.map(({ name }) => ({
      name: RELEASE_FILES.sbom,
      subject: name,
      ...files.sbom,
    })),
    checksums: { name: RELEASE_FILES.checksums, ...files.list },
  };
}

/**
 * Writes the document.
 *
 * @throws {UsageError} `release-inconsistent` when the run is of another commit
 * or tag, or says something that the shape has no place for.
 */
export function formatFuseProvenance(
  report: ReleaseReport,
  facts: Fact,
  run: FuseRun,
): string {
  const { commit } = report.rebuild.source;
  const { generatedAtUtc, sourceDateEpoch, tag, ...rest } = facts;
  for (
    const [what, expected, observed] of [
      ["commit", commit, run.commit],
      ["ref", `refs/tags/${tag}`, run.ref],
    ] as const
  ) {
    if (expected === observed) continue;
    throw new UsageError("release-inconsistent", "Stating the workflow run", {
      expected: `the ${what} ${expected ?? "of a clean checkout"}`,
      observed,
    });
  }
  const text = JSON.stringify(
    {
      schemaVersion: 1,
      generatedAtUtc,
      sourceDateEpoch,
      repository: run.repository,
      ref: run.ref,
      tag,
      commit: run.commit,
      workflow: run.workflow,
      ...rest,
    },
    null,
    2,
  ) + "\n";
  parseFuseProvenance(new TextEncoder().encode(text));
  return text;
}

/**
 * Reads the document strictly.
 *
 * @throws {UsageError} `release-inconsistent` or `json-invalid`.
 */
export function parseFuseProvenance(bytes: Uint8Array): FuseProvenance {
  return parseDocument(PROVENANCE, bytes, RELEASE_FILES.fuseProvenance);
}

/** The first member that contradicts the release, or null. */
export function fuseContradiction(
  provenance: FuseProvenance,
  report: ReleaseReport,
  facts: Fact,
): string | null {
  const expected: Record<string, unknown> = {
    ...facts,
    commit: report.rebuild.source.commit,
    ref: `refs/tags/${report.tag}`,
  };
  return Object.keys(expected).find((name) =>
    JSON.stringify(expected[name]) !==
      JSON.stringify(provenance[name as keyof FuseProvenance])
  ) ?? null;
}
