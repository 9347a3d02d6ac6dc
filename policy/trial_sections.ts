/**
 * The sections of a policy that ask for trials: artifacts that are run and
 * held against what the recipe says of them.
 *
 * @module
 */

import { z } from "zod";

const trial = {
  /** Targets that it is asked of; every target of the recipe without. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /**
   * What a target counts as that the releasing host cannot run. It is open
   * unless the policy says that the gate does not apply there.
   */
  elsewhere: z.enum(["unchecked", "not-applicable"]).default("unchecked"),
};

/** Members of a policy by the kind of trial. */
export const trialSections = {
  smoke: z.strictObject({
    ...trial,
    /** Least number of steps for each target. */
    stepsMin: z.int().positive().default(1),
  }).optional(),
  parity: z.strictObject({
    ...trial,
    /** Least number of cases for each target. */
    casesMin: z.int().positive().default(1),
  }).optional(),
  contract: z.strictObject({
    ...trial,
    /** Least number of provoked failures for each target. */
    failuresMin: z.int().positive().default(1),
    /** Whether the start-up trace must be part of it. */
    trace: z.enum(["required", "optional"]).default("optional"),
  }).optional(),
  startup: z.strictObject({
    ...trial,
    /** How much faster than the reference, in per cent of its time. */
    improvementPct: z.strictObject({
      p50: z.number().lt(100).optional(),
      p95: z.number().lt(100).optional(),
      p99: z.number().lt(100).optional(),
    }).refine(
      (least) => Object.values(least).some((value) => value !== undefined),
      "at least one of p50, p95 and p99",
    ),
  }).optional(),
} as const;
