/**
 * The checks that a host which built some targets must have made: one for each
 * toolchain, each step of `prepare` and each build.
 *
 * @module
 */

import type { Lock } from "../../verify/rebuild/lock.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import {
  lockOf,
  toolchainsOf,
} from "../../verify/rebuild/target_toolchains.ts";

/** Names of the runs of a rebuild. */
export const RUNS: readonly string[] = ["control", "varied"];

/** Ids of the checks; none without a target. */
export function wantedChecks(
  targets: readonly string[],
  { recipe, lock }: { readonly recipe: Recipe; readonly lock: Lock },
): string[] {
  if (targets.length === 0) return [];
  const toolchains = new Set([
    ...toolchainsOf(recipe, targets),
    ...Object.keys(lockOf(recipe, lock, targets).toolchains),
  ]);
  return [
    ...[...toolchains].map((name) => `toolchain/${name}`),
    ...recipe.prepare.map((_, index) => `build/prepare/${index + 1}`),
    ...RUNS.flatMap((run) => targets.map((target) => `build/${run}/${target}`)),
  ];
}
