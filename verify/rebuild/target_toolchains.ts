/**
 * The toolchains that some targets are built with. A recipe may say it of a
 * target, so that a machine need not have what only other targets want; what it
 * does not say of a target may be any toolchain of the recipe. What `prepare`
 * and the variables of every step name is wanted for every target.
 *
 * @module
 */

import type { Lock } from "./lock.ts";
import type { Recipe } from "./recipe.ts";

/** Names of the toolchains, in the recipe's order; none without a target. */
export function toolchainsOf(
  recipe: Recipe,
  targets: readonly string[],
): string[] {
  const all = Object.keys(recipe.toolchains);
  if (targets.length === 0) return [];
  const shared = JSON.stringify([recipe.prepare, recipe.env]);
  const wanted = new Set(
    targets.flatMap((name) => recipe.targets[name]?.toolchains ?? all),
  );
  return all.filter((name) =>
    wanted.has(name) || shared.includes(`{tool:${name}}`) ||
    shared.includes(`{toolVersion:${name}}`)
  );
}

/**
 * A lock without what only other targets are built with. A toolchain that the
 * recipe does not have stays, because that is drift.
 */
export function lockOf(
  recipe: Recipe,
  lock: Lock,
  targets: readonly string[],
): Lock {
  const wanted = toolchainsOf(recipe, targets);
  return {
    ...lock,
    toolchains: Object.fromEntries(
      Object.entries(lock.toolchains).filter(([name]) =>
        wanted.includes(name) || !Object.hasOwn(recipe.toolchains, name)
      ),
    ),
  };
}

/** A recipe without what only other targets are built with. */
export function recipeFor(recipe: Recipe, targets: readonly string[]): Recipe {
  const wanted = toolchainsOf(recipe, targets);
  return {
    ...recipe,
    toolchains: Object.fromEntries(
      Object.entries(recipe.toolchains).filter(([name]) =>
        wanted.includes(name)
      ),
    ),
  };
}
