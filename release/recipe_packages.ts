/**
 * The packages among the artifacts of a recipe.
 *
 * @module
 */

import type { PackageRecipe } from "../verify/package/package_recipe.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";

/** A package of a recipe. */
export interface RecipePackage {
  readonly target: string;
  readonly name: string;
  readonly recipe: PackageRecipe;
}

/** Every package of a recipe, in its order. */
export function recipePackages(recipe: Recipe): RecipePackage[] {
  return Object.entries(recipe.targets).flatMap(([target, { artifacts }]) =>
    artifacts.flatMap(({ name, package: own }) =>
      own === undefined ? [] : [{ target, name, recipe: own }]
    )
  );
}
