/**
 * What proves the bases of images: the documents that the pinned digests stand
 * for. The gate takes them from layouts of the bases, the release carries them
 * in `evidence/images.json`, and whoever verifies hashes them again.
 *
 * @module
 */

import { z } from "zod";
import type { DocumentKind } from "../verify/document.ts";
import { type ImageBase, readBase } from "../verify/image/base.ts";
import type { ImageRecipe } from "../verify/image/image_recipe.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";

const basesSchema = z.strictObject({
  schemaVersion: z.literal(1, "1"),
  bases: z.array(z.strictObject({
    digest: z.string().min(1),
    /** Index, manifests and configurations, to the letter. */
    documents: z.array(z.string()).max(1_000),
  })).max(1_000),
});

/** Documents of bases. */
export type ImageBases = z.infer<typeof basesSchema>;

/** Documents of bases as a document. */
export const IMAGE_BASES: DocumentKind<ImageBases> = {
  schema: basesSchema,
  code: "baseline-invalid",
};

/** An image of a recipe. */
export interface RecipeImage {
  readonly target: string;
  readonly name: string;
  readonly recipe: ImageRecipe;
}

/** Every image of a recipe, in its order. */
export function recipeImages(recipe: Recipe): RecipeImage[] {
  return Object.entries(recipe.targets).flatMap(([target, { artifacts }]) =>
    artifacts.flatMap(({ name, image }) =>
      image === undefined ? [] : [{ target, name, recipe: image }]
    )
  );
}

/** The base of an image by the documents; null for one without a base. */
export function baseOf(
  { base }: ImageRecipe,
  bases: ImageBases | null,
): ImageBase | null {
  if (base === "scratch") return null;
  const own = bases?.bases.find(({ digest }) => digest === base.digest);
  return readBase(base.digest, own?.documents ?? []);
}
