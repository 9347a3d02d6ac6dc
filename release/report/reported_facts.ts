/**
 * The shapes of the facts that a report and the statement of a builder both
 * hold, as a reader takes them: every member that is read, and others freely.
 *
 * @module
 */

import { z } from "zod";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";

/** Any text. */
export const text = z.string();
/** A count or a size. */
export const count = z.int().min(0);
/** What a decision can be. */
export const outcome = z.enum(["go", "no-go", "inconclusive"]);
/** Name of a gate. */
export const gate = z.enum([
  "source",
  "toolchain",
  "build",
  "reproducibility",
  "metadata",
  "matrix",
  "versions",
  "abi",
  "budget",
  "warnings",
  "smoke",
  "parity",
  "contract",
  "startup",
  "container",
  "images",
  "packages",
  "rollback",
  "integrity",
  "signature",
  "decision",
  "policy",
]);
/** A code of the catalogue. */
export const code = text.refine(
  (value) => Object.hasOwn(CATALOGUE, value),
  "a code of the catalogue",
);
/** A SHA-256. */
export const digest = text.regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");
const side = z.looseObject({ offset: count, length: count, value: text })
  .nullable();

const status = z.enum(["pass", "fail", "unchecked", "not-applicable"]);

/** Samples of both sides. */
const pair = z.object({
  reference: z.array(z.number()),
  artifact: z.array(z.number()),
});

/** What trials came to. */
export const trials = z.looseObject({
  trials: z.array(z.looseObject({
    kind: gate,
    target: text,
    outcome: z.enum(["ran", "not-described", "not-runnable", "not-run"]),
    observed: text,
    isolation: text,
    sha256: digest.nullable(),
    findings: z.array(
      z.looseObject({ id: text, code, status, expected: text, observed: text }),
    ),
  })),
  measured: z.array(z.looseObject({ name: text, sha256: digest })),
  timings: z.array(z.looseObject({
    target: text,
    ...pair.shape,
    firstLine: pair.optional(),
    ready: pair.optional(),
    requests: pair.optional(),
    runs: pair.optional(),
  })).optional(),
});

/** What was built from. */
export const source = z.looseObject({
  commit: text.nullable(),
  treeSha256: digest,
  sourceDateEpoch: count,
  epochFrom: z.enum(["commit", "recipe", "option"]),
});

/** What `prepare` left. */
export const prepared = z.looseObject({ sha256: digest, count }).optional();

/** Every run of every target. */
export const runs = z.array(z.looseObject({
  id: text,
  isolation: text,
  axes: z.record(text, text),
  notVaried: z.record(text, text),
  outcome: text,
  environment: z.record(text, text),
  targets: z.record(
    text,
    z.looseObject({
      outcome: text,
      steps: z.array(z.looseObject({
        argv: z.array(text),
        exitCode: z.int().nullable(),
        logSha256: digest,
        logBytes: count,
      })),
    }),
  ),
}));

/** Every artifact over both runs. */
export const artifacts = z.array(z.looseObject({
  name: text,
  target: text,
  verdict: z.enum(["identical", "equivalent", "different", "unchecked"]),
  sha256: digest.nullable(),
  size: count.nullable(),
  variedSha256: digest.nullable(),
  normalizedSha256: digest.nullable(),
  differences: z.array(z.looseObject({
    code,
    path: text,
    left: side,
    right: side,
    accountedBy: text.nullable(),
    kind: text.optional(),
    bytes: z.number().optional(),
  })),
  unlistedBy: z.array(text).optional(),
  copyOf: z.looseObject({
    tree: z.enum(["source", "prepared"]),
    path: text,
  }).optional(),
}));

/** What was checked. */
export const checks = z.array(z.looseObject({
  id: text,
  gate,
  code,
  subject: text,
  status,
  expected: text,
  observed: text,
  evidence: z.array(z.looseObject({ name: text })),
}));
