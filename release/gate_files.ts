/**
 * The files of source and release that the gates of a policy rest on.
 *
 * @module
 */

import type { Policy } from "../policy/policy.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import { RELEASE_FILES } from "./layout.ts";

/** Files of the source that these gates read. */
export function gateSourceFiles(recipe: Recipe, policy: Policy): string[] {
  const { manifests, changelog } = recipe.versions;
  return [
    ...new Set([
      ...(policy.versions === undefined ? [] : [manifests, changelog ?? []]),
      Object.values(policy.packages?.documented ?? {}),
    ].flat(2)),
  ].sort();
}

/** Paths in a release of the files that these gates rest on. */
export function gateFiles(recipe: Recipe, policy: Policy): string[] {
  return [
    ...gateSourceFiles(recipe, policy).map((path) =>
      `${RELEASE_FILES.sources}/${path}`
    ),
    ...(policy.budget === undefined && policy.rollback === undefined
      ? []
      : [RELEASE_FILES.previous]),
    ...(policy.budget === undefined ? [] : [RELEASE_FILES.buildTimes]),
    ...(policy.warnings === undefined ? [] : [RELEASE_FILES.suppressions]),
    ...(policy.images === undefined ? [] : [RELEASE_FILES.images]),
  ];
}
