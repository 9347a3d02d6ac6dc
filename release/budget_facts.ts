/**
 * What the gate `budget` rests on, out of the evidence of a release: sizes of
 * artifacts and archives, those of the release before, times of builds, and
 * what caches were hit.
 *
 * @module
 */

import type { BudgetFacts } from "../policy/budget_checks.ts";
import type { ImageFacts } from "../verify/image/facts.ts";
import type { CacheHits } from "../verify/log/cache_hits.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import type { ArtifactMeasures } from "./artifact_measures.ts";
import { recipeImages } from "./image_bases.ts";
import type { GateEvidence } from "./policy_gates.ts";
import { recipePackages } from "./recipe_packages.ts";
import { cacheLogs } from "./step_logs.ts";

/** An artifact and what was measured of it. */
export interface MeasuredArtifact {
  readonly target: string;
  readonly name: string;
  readonly measures: ArtifactMeasures | undefined;
}

/** What the gate rests on, of artifacts, archives, builds and caches. */
export function budgetFacts(
  artifacts: readonly MeasuredArtifact[],
  recipe: Recipe,
  evidence: Pick<
    GateEvidence,
    "archives" | "previous" | "buildTimes" | "caches"
  >,
): BudgetFacts {
  const { previous, buildTimes } = evidence;
  const subjects = (
    own: readonly { readonly target: string; readonly name: string }[],
  ) => new Set(own.map(({ target, name }) => `${target}/${name}`));
  const images = subjects(recipeImages(recipe));
  const packages = subjects(recipePackages(recipe));
  const seconds = new Map<string, number[]>();
  // A history of another project, or without this release, is none.
  const own = buildTimes?.project === recipe.name ? buildTimes.builds : [];
  for (const build of own) {
    const list = seconds.get(build.target) ?? [];
    list.push(build.seconds);
    seconds.set(build.target, list);
  }
  const latest = (target: string) =>
    own.findLast((build) => build.target === target)?.version;
  return {
    artifacts: artifacts.map(({ target, name, measures }) => ({
      target,
      name,
      footprint: measures?.footprint ?? null,
      ...(images.has(`${target}/${name}`)
        ? { image: pulledBytes(measures?.image ?? null) }
        : {}),
      isPackage: packages.has(`${target}/${name}`),
    })),
    archives: evidence.archives,
    caches: cachesByTarget(recipe, evidence),
    previous: previous === null || previous.project !== recipe.name ? null : {
      version: previous.version,
      artifacts: new Map(
        previous.artifacts.map(({ target, name, ...sizes }) => [
          `${target}/${name}`,
          sizes,
        ]),
      ),
    },
    builds: new Map(
      [...seconds].filter(([target]) => latest(target) === recipe.version),
    ),
  };
}

/** Sums of the logs of each target; a log that tells nothing leaves none. */
function cachesByTarget(
  recipe: Recipe,
  { caches }: Pick<GateEvidence, "caches">,
): Map<string, CacheHits> {
  const sums = new Map<string, CacheHits | null>();
  for (const [name, { target }] of cacheLogs(recipe)) {
    const own = caches.get(name);
    const before = sums.get(target);
    sums.set(
      target,
      own === undefined || before === null ? null : {
        hits: own.hits + (before?.hits ?? 0),
        total: own.total + (before?.total ?? 0),
      },
    );
  }
  return new Map(
    [...sums].flatMap(([target, hits]) =>
      hits === null ? [] : [[target, hits]]
    ),
  );
}

/** What an image costs to pull; null when it could not be read whole. */
function pulledBytes(image: ImageFacts | null): number | null {
  return image === null || image.images.length === 0 ||
      image.findings.some(({ code }) => code === "image-unreadable")
    ? null
    : image.bytes;
}
