/**
 * The section `packages` of a policy.
 *
 * @module
 */

import { z } from "zod";

/** Schema of the section. */
export const packagesSchema = z.strictObject({
  /** Targets that must have a package; every target of the recipe without. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /**
   * Documents of the source, by target, that tell how to install it where no
   * package holds it.
   */
  documented: z.record(
    z.string().min(1),
    z.string().regex(
      /^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\\\0]+$/,
      "a path inside the source",
    ),
  ).default({}),
});
