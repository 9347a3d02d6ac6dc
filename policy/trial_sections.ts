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

/** Thresholds in per cent of the reference, by percentile. */
function percentages(number: z.ZodNumber) {
  return z.strictObject({
    p50: number.optional(),
    p95: number.optional(),
    p99: number.optional(),
  }).refine(
    (least) => Object.values(least).some((value) => value !== undefined),
    "at least one of p50, p95 and p99",
  );
}

const lessTime = percentages(z.number().lt(100));

/** Members of a policy by the kind of trial. */
export const trialSections = {
  smoke: z.strictObject({
    ...trial,
    /** Least number of steps for each target. */
    stepsMin: z.int().positive().default(1),
  }).optional(),
  container: z.strictObject({
    ...trial,
    /** Least number of steps in the image of each target. */
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
    /** Whether the recipe must have a probe, which must then run nothing else. */
    probe: z.enum(["required", "optional"]).default("required"),
    /** Whether the start-up trace must be part of it. */
    trace: z.enum(["required", "optional"]).default("optional"),
  }).optional(),
  startup: z.strictObject({
    ...trial,
    /** How much less time than the reference from start to exit. */
    improvementPct: lessTime.optional(),
    /** The same from start to the first line. */
    firstLinePct: lessTime.optional(),
    /** The same from start of a host until it is ready. */
    readyPct: lessTime.optional(),
    /** How many more requests, or runs, a second than the reference. */
    throughputPct: percentages(z.number()).optional(),
  }).refine(
    ({ targets: _, elsewhere: __, ...least }) =>
      Object.values(least).some((value) => value !== undefined),
    "at least one threshold",
  ).optional(),
} as const;
