/**
 * The section `rollback` of a policy.
 *
 * @module
 */

import { z } from "zod";

/** Schema of the section. */
export const rollbackSchema = z.strictObject({
  /** Targets that must have been rolled back; all of the recipe without. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /** Days after which a drill shows nothing any more. */
  daysMax: z.int().positive().max(366).default(90),
  /** Least number of steps for each target, and for what stands in. */
  stepsMin: z.int().positive().default(1),
  /** Whether what stands in for the artifact must have been started too. */
  fallback: z.enum(["required", "none"]).default("required"),
  /** What a target counts as that the host of the drill could not run. */
  elsewhere: z.enum(["unchecked", "not-applicable"]).default("unchecked"),
});
