/**
 * The section `startup` of a target in the recipe: the same command given to a
 * reference and to the artifact, timed from start to exit. The two take turns
 * within one run, so that a machine whose speed drifts drifts for both.
 *
 * @module
 */

import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { argv, environment } from "../rebuild/recipe_parts.ts";

const side = z.strictObject({ argv, env: environment.default({}) });

/** Schema of the section. */
export const startupSchema = z.strictObject({
  reference: side,
  artifact: side,
  /** Exit code of both; a sample that ends otherwise is none. */
  code: z.int().min(0).max(255).default(0),
  /** Runs of each side that are not counted. */
  warmup: z.int().min(1).max(100).default(3),
  samples: z.int().min(1).max(LIMITS.trialSamplesMax).default(40),
  /** Longest time of one run. */
  wallMs: z.int().positive().max(LIMITS.trialStepWallMsMax).default(10_000),
}).refine(
  ({ reference, artifact }) =>
    artifact.argv.some((text) => text.includes("{artifact}")) &&
    !reference.argv.some((text) => text.includes("{artifact}")),
  "{artifact} among the arguments of the artifact's side alone",
);

/** The section after validation. */
export type Startup = z.infer<typeof startupSchema>;
