/**
 * The one value behind every report of a release; renderers turn it into
 * text, Markdown or JSON. Everything in it is sorted, and its only time is
 * the `now` of the run, so the same evidence gives the same bytes.
 *
 * @module
 */

import { z } from "zod";
import type { Vote } from "../../policy/quorum.ts";
import type { Decision } from "../../policy/decision.ts";
import type { PublishedArtifact } from "../artifacts_list.ts";
import type { Check } from "../../verify/check.ts";
import type {
  PreparedIdentity,
  RebuildResult,
  RebuiltArtifact,
  SourceIdentity,
} from "../../verify/rebuild/result.ts";
import type { Trials } from "../../verify/trial/trial.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { ReproofError } from "../../verify/error.ts";
import { jsonPath, parseStrictJson } from "../../verify/strict_json.ts";

/** What the report keeps of a rebuilt artifact. */
export interface ReportedArtifact extends Omit<RebuiltArtifact, "comparison"> {
  /** SHA-256 of the varied run's bytes; null when they were not compared. */
  readonly variedSha256: string | null;
}

/** The report of a release: schema version 1, additions are free. */
export interface ReleaseReport {
  readonly schemaVersion: 1;
  /** Name and version of the program that decided. */
  readonly program: string;
  /** The one time of the run, RFC 3339 in UTC. */
  readonly now: string;
  readonly project: string;
  readonly version: string;
  readonly tag: string;
  /** Purl with version: the resource that the decision is about. */
  readonly resource: string;
  /** Line of releases that the sequence belongs to. */
  readonly channel: string;
  /** Grows with each decision of the channel; null when none was given. */
  readonly sequence: number | null;
  readonly decision: Decision;
  readonly checks: readonly Check[];
  /** The published bundles. */
  readonly subjects: readonly PublishedArtifact[];
  readonly inputs: {
    readonly recipeSha256: string;
    readonly lockSha256: string;
    readonly policySha256: string;
  };
  /** Whether the release holds a document in FUSE's shape. */
  readonly fuse?: true;
  /** What rebuilders found; absent when the policy asks for no quorum. */
  readonly ballot?: { readonly votes: readonly Vote[] };
  readonly rebuild: {
    readonly verdict: RebuildResult["verdict"];
    readonly seed: string;
    readonly source: SourceIdentity;
    /** What `prepare` left; absent when the recipe prepares nothing. */
    readonly prepared?: PreparedIdentity;
    readonly runs: RebuildResult["runs"];
    readonly artifacts: readonly ReportedArtifact[];
    readonly attribution: RebuildResult["attribution"];
  };
  /**
   * What the artifacts did when they were run; absent when the policy asks for
   * no trial. `measured` and `timings` differ from run to run.
   */
  readonly trials?: Trials;
}

const text = z.string();
const count = z.int().min(0);
const outcome = z.enum(["go", "no-go", "inconclusive"]);
const gate = z.enum([
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
const code = text.refine(
  (value) => Object.hasOwn(CATALOGUE, value),
  "a code of the catalogue",
);
const digest = text.regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");
const side = z.looseObject({ offset: count, length: count, value: text })
  .nullable();

const status = z.enum(["pass", "fail", "unchecked", "not-applicable"]);

/** Samples of both sides. */
const pair = z.object({
  reference: z.array(z.number()),
  artifact: z.array(z.number()),
});

const trials = z.looseObject({
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

/** The members that a verification reads; others may be added freely. */
const reportSchema = z.looseObject({
  schemaVersion: z.literal(1),
  program: text,
  now: z.iso.datetime(),
  project: text,
  version: text,
  tag: text,
  resource: text,
  channel: text,
  sequence: count.nullable(),
  decision: z.looseObject({
    outcome,
    gates: z.array(z.looseObject({ gate, outcome })),
    reasons: z.array(z.looseObject({ check: text, code })),
    waivers: z.array(z.looseObject({ id: text, state: text })),
  }),
  checks: z.array(z.looseObject({
    id: text,
    gate,
    code,
    subject: text,
    status,
    expected: text,
    observed: text,
    evidence: z.array(z.looseObject({ name: text })),
  })),
  subjects: z.array(z.looseObject({
    name: text,
    sha256: digest,
    size: count,
    target: text,
    format: text,
  })),
  inputs: z.looseObject({
    recipeSha256: digest,
    lockSha256: digest,
    policySha256: digest,
  }),
  fuse: z.literal(true).optional(),
  ballot: z.strictObject({
    votes: z.array(z.strictObject({
      rebuilder: text,
      target: text,
      artifact: text,
      sha256: digest,
      verdict: text,
      surroundings: z.strictObject({
        host: text,
        toolchains: z.record(text, text),
        axes: z.record(text, text),
      }),
    })),
  }).optional(),
  rebuild: z.looseObject({
    verdict: text,
    seed: text,
    source: z.looseObject({
      commit: text.nullable(),
      treeSha256: digest,
      sourceDateEpoch: count,
      epochFrom: z.enum(["commit", "recipe", "option"]),
    }),
    prepared: z.looseObject({ sha256: digest, count }).optional(),
    runs: z.array(z.looseObject({
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
    })),
    artifacts: z.array(z.looseObject({
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
    })),
  }),
  trials: trials.optional(),
});

/**
 * Reads the report of a release.
 *
 * @throws {ReproofError} `report-invalid` or `json-invalid`.
 */
export function parseReport(bytes: Uint8Array): ReleaseReport {
  const what = "report.json";
  const value = parseStrictJson(bytes, what);
  const result = reportSchema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    const at = jsonPath(issue?.path ?? []);
    throw new ReproofError("report-invalid", `Reading "${what}" at ${at}`, {
      expected: issue?.message ?? "a report",
    });
  }
  // The schema covers every member that is read from the result.
  return value as unknown as ReleaseReport;
}

/** Writes the report as JSON. */
export function formatReport(report: ReleaseReport): string {
  return JSON.stringify(report, null, 2) + "\n";
}
