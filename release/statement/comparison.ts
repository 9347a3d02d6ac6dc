/**
 * The statement of a comparison: SLSA provenance v1 with a build type of our
 * own, whose "build" is the comparison of the control run's artifact with the
 * varied run's. It names both digests, the normalised digest that both have
 * without what was accounted for, and, for every field that differed, the
 * ranges, both values, and the normaliser or tolerance that accounted for it.
 * A comparison that failed is stated in the same way as one that held.
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
  Comparison,
  Difference,
  Tolerance,
} from "../../verify/compare/comparison.ts";
import type {
  RebuildResult,
  RebuiltArtifact,
} from "../../verify/rebuild/result.ts";
import type { Json } from "../../verify/strict_json.ts";
import { VERSION } from "../version.ts";
import { invocationId, type RecipeIdentity } from "./rebuild_materials.ts";
import { URI } from "../../verify/attest/vocabulary.ts";

/** What a comparison statement needs beside the rebuild. */
export interface ComparisonStatementOptions {
  readonly recipe: RecipeIdentity;
  /** Ids of the normalisers that were allowed. */
  readonly normalizers: readonly string[];
  /** Tolerances that were allowed. */
  readonly tolerances: readonly Tolerance[];
  /** As for provenance. */
  readonly subjects?: readonly Subject[];
}

/** What is stated of an artifact. */
export interface StatedArtifact extends Omit<RebuiltArtifact, "comparison"> {
  readonly comparison:
    | {
      readonly left: { readonly sha256: string };
      readonly right: { readonly sha256: string };
      readonly summary: Comparison["summary"];
      readonly limitsHit: Comparison["limitsHit"];
    }
    | null;
}

/**
 * Builds the statement.
 *
 * @throws {ReproofError} `statement-invalid` when there is no artifact that it
 * could be about.
 */
export function comparisonStatement(
  result: Pick<RebuildResult, "seed">,
  artifact: StatedArtifact,
  options: ComparisonStatementOptions,
): Statement {
  const name = `${artifact.target}/${artifact.name}`;
  if (artifact.sha256 === null) {
    throw new ReproofError("statement-invalid", `Describing "${name}"`, {
      expected: "an artifact of the control run",
      observed: "none",
    });
  }
  const { recipe, normalizers, tolerances } = options;
  const { comparison } = artifact;
  const sides = comparison === null ? [side("control", artifact.sha256)] : [
    side("control", comparison.left.sha256),
    side("varied", comparison.right.sha256),
  ];
  return makeStatement(
    options.subjects ?? [{ name, digest: { sha256: artifact.sha256 } }],
    PREDICATE_TYPE.provenance,
    {
      predicate: {
        buildDefinition: {
          buildType: URI.comparison,
          externalParameters: {
            artifact: artifact.name,
            recipe: { name: recipe.name, digest: { sha256: recipe.sha256 } },
            target: artifact.target,
            version: recipe.version,
          },
          internalParameters: {
            normalizers: normalizers.toSorted(),
            tolerances: tolerances.map((tolerance): Json => ({ ...tolerance })),
          },
          resolvedDependencies: sides,
        },
        runDetails: {
          builder: { id: URI.builder, version: { reproof: VERSION } },
          metadata: {
            invocationId: invocationId({
              left: artifact.sha256,
              right: comparison?.right.sha256 ?? null,
              seed: result.seed,
            }),
          },
          byproducts: [{
            name: "comparison",
            annotations: {
              verdict: artifact.verdict,
              summary: comparison === null ? null : { ...comparison.summary },
              differences: artifact.differences.map(describeDifference),
              limitsHit: comparison?.limitsHit.map((hit): Json => ({
                ...hit,
              })) ?? [],
            },
          }, ...normalized(artifact)],
        },
      },
    },
  );
}

/** The digest that both sides have without what was accounted for. */
function normalized(artifact: StatedArtifact): Json[] {
  return artifact.normalizedSha256 === null
    ? []
    : [side("normalized", artifact.normalizedSha256)];
}

function side(name: string, sha256: string): Json {
  return { name, digest: { sha256 } };
}

/** The whole difference; members that are absent stay absent. */
function describeDifference(difference: Difference): Json {
  return JSON.parse(JSON.stringify(difference));
}
