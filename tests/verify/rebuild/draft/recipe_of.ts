/**
 * Holds a draft against the schema and the placeholders of recipes.
 *
 * @module
 */

import { checkPlaceholders } from "../../../../verify/rebuild/placeholder.ts";
import { recipeSchema } from "../../../../verify/rebuild/recipe.ts";

/** Places where a draft is no recipe; null for a valid one. */
export function problemsOf(draft: unknown): string | null {
  const found = recipeSchema.safeParse(draft);
  if (!found.success) {
    return found.error.issues.map(({ path }) => `$.${path.join(".")}`)
      .join(" ");
  }
  checkPlaceholders(found.data);
  return null;
}
