/**
 * Reads the predicate of a SLSA verification summary v1 strictly: every member
 * known, none missing, so that a decision means the same to every reader. The
 * two members beyond SLSA carry the whole decision, and where it stands among
 * others, under names of our own.
 *
 * @module
 */

import { z } from "zod";
import { type DocumentKind, parseDocument } from "../document.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { Statement } from "./statement.ts";
import { LEVEL, URI } from "./vocabulary.ts";

const digest = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lowercase"),
});

const summarySchema = z.strictObject({
  verifier: z.strictObject({
    id: z.literal(URI.verifier),
    version: z.record(z.string(), z.string()),
  }),
  timeVerified: z.iso.datetime(),
  resourceUri: z.string().regex(/^pkg:[^@]+@[^@]+$/, "a purl with version"),
  policy: z.strictObject({ uri: z.string().min(1), digest }),
  inputAttestations: z.array(z.strictObject({
    uri: z.string().min(1),
    digest,
  })),
  verificationResult: z.enum(["PASSED", "FAILED"]),
  verifiedLevels: z.array(z.string().min(1)).min(1),
  [URI.decision]: z.strictObject({
    outcome: z.enum(["go", "no-go", "inconclusive"]),
    gates: z.array(z.record(z.string(), z.unknown())),
    reasons: z.array(z.record(z.string(), z.unknown())),
    waivers: z.array(z.record(z.string(), z.unknown())),
  }),
  /** Where the decision stands among others; it only ever adds checks. */
  [URI.release]: z.strictObject({
    version: z.string().min(1),
    channel: z.string().min(1),
    sequence: z.int().min(0).nullable(),
  }).optional(),
}).refine(
  (summary) =>
    (summary.verificationResult === "PASSED") ===
      (summary[URI.decision].outcome === "go"),
  "a result that follows from the outcome",
).refine(
  (summary) =>
    (summary.verificationResult === "FAILED") ===
      summary.verifiedLevels.includes(LEVEL.failed),
  "levels that follow from the result",
);

/** The predicate of a verification summary. */
export type VerificationSummary = z.infer<typeof summarySchema>;

const SUMMARY: DocumentKind<VerificationSummary> = {
  schema: summarySchema,
  code: "statement-invalid",
};

/**
 * Reads the predicate of a verification summary.
 *
 * @param what Name of the statement for messages.
 * @throws {UsageError} `statement-invalid` with the place.
 */
export function parseVerificationSummary(
  statement: Statement,
  what: string,
): VerificationSummary {
  return parseDocument(SUMMARY, canonicalJson(statement.predicate), what);
}
