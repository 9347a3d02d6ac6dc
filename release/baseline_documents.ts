/**
 * Documents that a release carries for its gates: the sizes of the previous
 * release, the build times recorded so far, and the suppressions counted in
 * the source. The next release takes the build times from here, so a chain of
 * releases keeps its own history.
 *
 * @module
 */

import { z } from "zod";
import type { DocumentKind } from "../verify/document.ts";

const count = z.int().min(0);

const previousSchema = z.strictObject({
  schemaVersion: z.literal(1, "1"),
  project: z.string().min(1),
  version: z.string().min(1),
  /** SHA-256 of its checksum list. */
  checksumsSha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256"),
  artifacts: z.array(z.strictObject({
    target: z.string().min(1),
    name: z.string().min(1),
    size: count,
    stripped: count,
    parts: z.record(z.string(), count),
    symbols: z.strictObject({
      floor: count,
      sizes: z.record(z.string(), count),
    }).nullable().optional(),
  })),
});

const buildTimesSchema = z.strictObject({
  schemaVersion: z.literal(1, "1"),
  project: z.string().min(1),
  /** Oldest first. */
  builds: z.array(z.strictObject({
    target: z.string().min(1),
    version: z.string().min(1),
    /** Wall time of the control run. */
    seconds: z.number().positive("a time above zero"),
  })).max(100_000),
});

/** Sizes of a previous release. */
export type PreviousSizes = z.infer<typeof previousSchema>;
/** Build times of a project. */
export type BuildTimes = z.infer<typeof buildTimesSchema>;

/** Sizes of a previous release as a document. */
export const PREVIOUS_SIZES: DocumentKind<PreviousSizes> = {
  schema: previousSchema,
  code: "baseline-invalid",
};

/** Build times as a document. */
export const BUILD_TIMES: DocumentKind<BuildTimes> = {
  schema: buildTimesSchema,
  code: "baseline-invalid",
};

/** Suppressions in a source by form, as a document. */
export const SUPPRESSIONS: DocumentKind<Record<string, number>> = {
  schema: z.record(z.string(), count),
  code: "baseline-invalid",
};

/** Builds kept of each target. */
const BUILDS_KEPT = 200;

/** Adds the builds of a release, and keeps the latest of each target. */
export function withBuilds(
  before: BuildTimes,
  builds: BuildTimes["builds"],
): BuildTimes {
  const kept = new Map<string, number>();
  const latest = [...before.builds, ...builds].toReversed().filter((build) => {
    const number = (kept.get(build.target) ?? 0) + 1;
    kept.set(build.target, number);
    return number <= BUILDS_KEPT;
  });
  return { ...before, builds: latest.toReversed() };
}
