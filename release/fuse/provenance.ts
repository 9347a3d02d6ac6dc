/**
 * `release-provenance.json` in the shape and the bytes that FUSE publishes
 * since v0.9.4: which workflow run of a forge made which files. Its facts about
 * the files follow from the release; those about the workflow rest on whoever
 * signed the checksum list that names it.
 *
 * @module
 */

import { z } from "zod";
import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import { UsageError } from "../../verify/error.ts";
import { jsonLists } from "../json_line.ts";
import { RELEASE_FILES } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { byName, FUSE_PROVENANCE } from "./documents.ts";
import { type FuseFile, fuseTime, type SizedFile } from "./payload.ts";

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

/**
 * Writes the document.
 *
 * @param sidecars The list of the archives and their bills of materials.
 * @throws {UsageError} `release-inconsistent` when the run is of another commit
 * or tag, or says something that the shape has no place for.
 */
export function formatFuseProvenance(
  report: Pick<ReleaseReport, "rebuild" | "tag" | "subjects">,
  sidecars: readonly FuseFile[],
  run: FuseRun,
): string {
  const { commit, sourceDateEpoch } = report.rebuild.source;
  const { tag } = report;
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
  const list = sidecars.find(({ kind }) => kind === "checksums");
  const { name, path, ref, event, actor, runId, runAttempt } = run.workflow;
  const text = [
    "{",
    members({
      schemaVersion: 1,
      generatedAtUtc: fuseTime(sourceDateEpoch),
      sourceDateEpoch,
      repository: run.repository,
      ref: run.ref,
      tag,
      commit: run.commit,
    }) + ",",
    '  "workflow": {',
    members({ name, path, ref, event, actor, runId, runAttempt }, "    "),
    "  },",
    jsonLists({
      artifacts: byName(report.subjects).map(sized),
      sboms: byName(sidecars.filter(({ kind }) => kind === "sbom"))
        .map(({ name, subject, sha256, size }) => ({
          name,
          subject,
          sha256,
          size,
        })),
    }) + ",",
    '  "checksums": {',
    members(list === undefined ? {} : sized(list), "    "),
    "  }",
    "}",
    "",
  ].join("\n");
  parseFuseProvenance(new TextEncoder().encode(text));
  return text;
}

function members(
  values: Readonly<Record<string, string | number>>,
  indent = "  ",
): string {
  return Object.entries(values)
    .map(([key, value]) => `${indent}"${key}": ${JSON.stringify(value)}`)
    .join(",\n");
}

function sized({ name, sha256, size }: SizedFile & { readonly name: string }) {
  return { name, sha256, size };
}

/**
 * Reads the document strictly.
 *
 * @throws {UsageError} `release-inconsistent` or `json-invalid`.
 */
export function parseFuseProvenance(bytes: Uint8Array): FuseProvenance {
  return parseDocument(PROVENANCE, bytes, FUSE_PROVENANCE);
}
