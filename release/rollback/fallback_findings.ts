/**
 * What a drill of the fallback must have found: every host and step that the
 * recipe describes for it.
 *
 * @module
 */

import type { Recipe } from "../../verify/rebuild/recipe.ts";

/** Ids of the findings; null when the recipe describes no fallback. */
export function fallbackFindings(
  { rollback: { fallback } }: Recipe,
): readonly string[] | null {
  return fallback === undefined ? null : [
    ...Object.keys(fallback.hosts).map((host) => `host/${host}/ready`),
    ...fallback.steps.map(({ name }) => `step/${name}`),
  ];
}
