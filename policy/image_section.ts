/**
 * The section `images` of a policy.
 *
 * @module
 */

import { z } from "zod";

/** Schema of the section. */
export const imagesSchema = z.strictObject({
  /** Targets that must have an image; every target of the recipe without. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /**
   * Bases that images may be built on: digests, and `scratch`. Any that the
   * recipe pins without.
   */
  bases: z.array(
    z.union([
      z.literal("scratch"),
      z.string().regex(/^sha256:[0-9a-f]{64}$/, "scratch, or sha256:…"),
    ]),
  ).min(1).optional(),
  /** Whether layers above the base may have absolute links. */
  absoluteLinks: z.enum(["refused", "allowed"]).default("refused"),
});
