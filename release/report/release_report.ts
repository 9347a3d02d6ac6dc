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
import { ReproofError } from "../../verify/error.ts";
import { jsonPath, parseStrictJson } from "../../verify/strict_json.ts";
import {
  artifacts,
  checks,
  code,
  count,
  digest,
  gate,
  outcome,
  prepared,
  runs,
  source,
  text,
  trials,
} from "./reported_facts.ts";

/** What the report keeps of a rebuilt artifact. */
export interface ReportedArtifact extends Omit<RebuiltArtifact, "comparison"> {
  /** SHA-256 of the varied run's bytes; null when they were not compared. */
  readonly variedSha256: string | null;
}

/** What a report keeps of a builder elsewhere; the rest is in its statement. */
export interface ReportedSupply {
  /** Its signer by the policy. */
  readonly id: string;
  /** Kind of host, in the builder's words. */
  readonly host: string;
  readonly madeAt: string;
  /** Targets that were taken from it. */
  readonly targets: readonly string[];
  /** SHA-256 of the payload of its statement. */
  readonly statementSha256: string;
  readonly lockSha256: string;
  readonly seed: string;
  /** What its `prepare` left; absent when the recipe prepares nothing. */
  readonly prepared?: PreparedIdentity;
  readonly runs: RebuildResult["runs"];
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
  /** Targets that builders elsewhere supplied; absent without any. */
  readonly supplies?: readonly ReportedSupply[];
  /**
   * What the artifacts did when they were run; absent when the policy asks for
   * no trial. `measured` and `timings` differ from run to run.
   */
  readonly trials?: Trials;
}

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
  checks,
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
    source,
    prepared,
    runs,
    artifacts,
  }),
  supplies: z.array(z.strictObject({
    id: text,
    host: text,
    madeAt: text,
    targets: z.array(text),
    statementSha256: digest,
    lockSha256: digest,
    seed: text,
    prepared,
    runs,
  })).min(1, "at least one builder").optional(),
  trials: trials.optional(),
});

/** Targets that the deciding host built itself, or was to build. */
export function builtHere(
  report: Pick<ReleaseReport, "rebuild" | "supplies">,
): string[] {
  const elsewhere = report.supplies?.flatMap(({ targets }) => targets) ?? [];
  return [
    ...new Set(report.rebuild.artifacts.map(({ target }) => target)),
  ].filter((target) => !elsewhere.includes(target));
}

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
