/**
 * A rollback drill: on one day the previous release was verified, its
 * artifacts were started again, and so was what stands in when no artifact can
 * be used, such as a just-in-time compiler. This is the predicate of the signed
 * statement about it; its subject is the checksum list of the previous release,
 * so that it speaks of that release and of no other.
 *
 * @module
 */

import { z } from "zod";
import { CATALOGUE, type Code } from "../catalogue/mod.ts";
import type { DocumentKind } from "../document.ts";

const text = z.string().max(10_000);

const trial = z.strictObject({
  /** Target of the previous release; `fallback` for what stands in. */
  target: text,
  outcome: z.enum(["ran", "not-described", "not-runnable", "not-run"]),
  observed: text,
  isolation: z.enum(["bubblewrap", "none"]),
  /** The artifact that was started; null for what stands in. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256").nullable(),
  findings: z.array(z.strictObject({
    id: text,
    code: z.string().refine(
      (value): value is Code => Object.hasOwn(CATALOGUE, value),
      "a code of the catalogue",
    ),
    status: z.enum(["pass", "fail", "unchecked", "not-applicable"]),
    expected: text,
    observed: text,
  })).max(10_000),
});

const drillSchema = z.strictObject({
  schemaVersion: z.literal(1, "1"),
  project: text.min(1),
  /** Version that was rolled back to. */
  version: text.min(1),
  /** When, by the clock of whoever signed. */
  performedAt: z.iso.datetime(),
  /** One for each target of the previous release. */
  previous: z.array(trial).max(1_000),
  /** What stands in; null when the recipe describes nothing. */
  fallback: trial.nullable(),
});

/** A drill. */
export type RollbackDrill = z.infer<typeof drillSchema>;
/** One trial of a drill. */
export type DrillTrial = RollbackDrill["fallback"] & object;

/** A drill as a document. */
export const ROLLBACK_DRILL: DocumentKind<RollbackDrill> = {
  schema: drillSchema,
  code: "rollback-invalid",
};
