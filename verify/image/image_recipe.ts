/**
 * The member `image` of an artifact in the recipe: the artifact is an OCI image
 * layout, a tar archive or a directory, and this is what it should be.
 *
 * @module
 */

import { z } from "zod";
import { smokeSchema } from "../trial/smoke_recipe.ts";
import { insidePath, name } from "../rebuild/recipe_parts.ts";

/** Schema of the member. */
export const imageSchema = z.strictObject({
  /** What the image is built on. */
  base: z.union([
    /** Every layer is the build's own. */
    z.literal("scratch"),
    z.strictObject({
      /** Digest of the base's manifest, or of an index that names it. */
      digest: z.string().regex(
        /^sha256:[0-9a-f]{64}$/,
        "a digest such as sha256:…",
      ),
      /**
       * OCI layout of the base, archive or directory: a path of the source, or
       * below `{prepared}/`. Its manifest and configuration are kept as
       * evidence; the pinned digest vouches for them.
       */
      layout: z.string().refine(
        (path) =>
          insidePath.safeParse(path.replace(/^\{prepared\}\//, "")).success,
        "a path inside the source, or below {prepared}/",
      ),
    }),
  ]),
  /** Paths in the image at which artifacts of the target lie, by path. */
  holds: z.record(
    z.string().regex(/^\/[^\0]*[^/\0]$/, "an absolute path of a file"),
    name,
  ).refine(
    (holds) => Object.keys(holds).length > 0,
    "at least one artifact that the image holds",
  ),
  /**
   * What starts, word by word, when that is not one of the artifacts it holds:
   * an init process, a shell script.
   */
  entrypoint: z.array(z.string()).min(1).optional(),
  /** Hosts and steps inside the image, for the gate `container`. */
  smoke: smokeSchema.optional(),
});

/** What a recipe says of an image. */
export type ImageRecipe = z.infer<typeof imageSchema>;
