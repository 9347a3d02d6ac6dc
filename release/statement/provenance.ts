/**
 * SLSA provenance v1 of one artifact from one run of a rebuild: what it was
 * built from, by which recipe and toolchains, in which surroundings, and the
 * digests of the logs. There are no times of start and end, so that the same
 * evidence gives the same statement.
 *
 * @module
 */

import { ReproofError } from "../../verify/error.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import type {
  RebuildResult,
  RebuiltArtifact,
  RunEvidence,
} from "../../verify/rebuild/result.ts";
import type { Json } from "../../verify/strict_json.ts";
import { VERSION } from "../version.ts";
import {
  invocationId,
  rebuildMaterials,
  type RecipeIdentity,
  toolchainVersions,
} from "./rebuild_materials.ts";
import { URI } from "../../verify/attest/vocabulary.ts";

/** What a provenance statement needs beside the rebuild. */
export interface ProvenanceOptions {
  readonly recipe: RecipeIdentity;
  /** Kind of host that ran it, such as `linux x86_64`. */
  readonly host?: string;
  /** The run that is described; the control run unless said otherwise. */
  readonly run?: RunEvidence["id"];
  /**
   * Files that the statement is about; the artifact of the run, named
   * `target/name`, unless said otherwise (such as the archive it is packed in).
   */
  readonly subjects?: readonly Subject[];
}

/**
 * Builds the statement.
 *
 * @throws {ReproofError} `statement-invalid` when the run or its artifact is
 * not there: what was not built has no provenance.
 */
export function provenanceStatement(
  result: Pick<
    RebuildResult,
    "runs" | "seed" | "source" | "lock" | "prepared"
  >,
  artifact: Pick<RebuiltArtifact, "target" | "name" | "sha256"> & {
    readonly comparison: { readonly right: { readonly sha256: string } } | null;
  },
  options: ProvenanceOptions,
): Statement {
  const id = options.run ?? "control";
  const run = result.runs.find((candidate) => candidate.id === id);
  const target = run?.targets[artifact.target];
  const digest = id === "control"
    ? artifact.sha256
    : artifact.comparison?.right.sha256 ?? null;
  if (run === undefined || target === undefined || digest === null) {
    throw new ReproofError(
      "statement-invalid",
      `Describing "${artifact.target}/${artifact.name}"`,
      { expected: `an artifact of the ${id} run`, observed: "none" },
    );
  }
  const { recipe } = options;
  const name = `${artifact.target}/${artifact.name}`;
  return makeStatement(
    options.subjects ?? [{ name, digest: { sha256: digest } }],
    PREDICATE_TYPE.provenance,
    {
      predicate: {
        buildDefinition: {
          buildType: URI.rebuild,
          externalParameters: {
            recipe: { name: recipe.name, digest: { sha256: recipe.sha256 } },
            target: artifact.target,
            version: recipe.version,
          },
          internalParameters: {
            artifact: { name: artifact.name, digest: { sha256: digest } },
            run: id,
            seed: result.seed,
            axes: { ...run.axes },
            notVaried: { ...run.notVaried },
            ...(options.host === undefined ? {} : { host: options.host }),
            isolation: run.isolation,
            sourceDateEpoch: result.source.sourceDateEpoch,
            toolchains: toolchainVersions(result.lock),
          },
          resolvedDependencies: rebuildMaterials(result),
        },
        runDetails: {
          builder: { id: URI.builder, version: { reproof: VERSION } },
          metadata: {
            invocationId: invocationId({
              recipe: recipe.sha256,
              run: id,
              seed: result.seed,
              source: result.source.treeSha256,
              target: artifact.target,
            }),
          },
          byproducts: target.steps.map((step, index): Json => ({
            name: `log/${id}/${artifact.target}/${index + 1}`,
            digest: { sha256: step.logSha256 },
          })),
        },
      },
    },
  );
}
