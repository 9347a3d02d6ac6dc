/**
 * Repeating a run from its evidence: the same lock, date, isolation and
 * targets, and for each axis the very values of then. What lies outside, the
 * clock's start above all, is of now.
 *
 * @module
 */

import { z } from "zod";
import { type DocumentKind, parseDocument } from "../document.ts";
import { UsageError } from "../error.ts";
import type { DrawnAxes } from "./axis/mod.ts";
import { lockSchema } from "./lock.ts";
import {
  ISOLATIONS,
  type RebuildResult,
  type ReplayedArtifact,
} from "./result.ts";

const axes = z.record(z.string(), z.string());

/** The part of a result that a replay reads; the rest is let be. */
const evidenceSchema = z.looseObject({
  schemaVersion: z.literal(1, "1"),
  seed: z.string().min(1).max(64),
  source: z.looseObject({
    treeSha256: z.string(),
    sourceDateEpoch: z.int(),
  }),
  lock: lockSchema,
  prepared: lockSchema.shape.prepared,
  runs: z.tuple([
    z.looseObject({
      id: z.literal("control"),
      isolation: z.enum(ISOLATIONS),
      axes,
      notVaried: axes,
    }),
    z.looseObject({ id: z.literal("varied"), axes }),
  ]),
  artifacts: z.array(z.looseObject({
    name: z.string(),
    target: z.string(),
    sha256: z.string().nullable(),
    comparison: z.looseObject({
      right: z.looseObject({ sha256: z.string() }),
    }).nullable(),
  })).min(1),
});

/** What a run left of itself. */
export type ReplayEvidence = z.infer<typeof evidenceSchema>;

const EVIDENCE: DocumentKind<ReplayEvidence> = {
  schema: evidenceSchema,
  code: "evidence-invalid",
};

/**
 * Reads the evidence of a run: the result, or the directory that holds it as
 * `rebuild.json`.
 *
 * @throws {UsageError} `file-not-readable`, `json-invalid` or
 * `evidence-invalid`; the last for a run that was never made, too.
 */
export function readReplayEvidence(path: string): ReplayEvidence {
  let file = path;
  let bytes: Uint8Array;
  try {
    if (Deno.statSync(path).isDirectory) file = `${path}/rebuild.json`;
    bytes = Deno.readFileSync(file);
  } catch (cause) {
    throw new UsageError("file-not-readable", `Reading "${file}"`, {
      expected: "the evidence of a rebuild",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  return parseDocument(EVIDENCE, bytes, file);
}

/** The axes of both runs as they were. */
export function replayedAxes({ runs }: ReplayEvidence): DrawnAxes {
  const [control, varied] = runs;
  return Object.fromEntries(
    Object.entries(control.axes).map(([name, value]) => {
      const reason = control.notVaried[name];
      return [name, {
        control: value,
        varied: varied.axes[name] ?? value,
        ...(reason === undefined ? {} : { notVaried: reason }),
      }];
    }),
  );
}

/**
 * Refuses another source than the one of then.
 *
 * @throws {UsageError} `replay-source-changed`.
 */
export function assertSameSource(
  { source }: ReplayEvidence,
  treeSha256: string,
): void {
  if (source.treeSha256 === treeSha256) return;
  throw new UsageError("replay-source-changed", "Repeating a run", {
    expected: `the source of then, tree sha256:${source.treeSha256}`,
    observed: `sha256:${treeSha256}`,
  });
}

/** Which artifacts came out as they did then. */
export function replayedArtifacts(
  evidence: ReplayEvidence,
  artifacts: RebuildResult["artifacts"],
): ReplayedArtifact[] {
  return evidence.artifacts.map(({ target, name, sha256, comparison }) => {
    const now = artifacts.find((artifact) =>
      artifact.target === target && artifact.name === name
    );
    const same = (then: string | null, here: string | null | undefined) =>
      then !== null && then === here;
    return {
      artifact: `${target}/${name}`,
      control: same(sha256, now?.sha256),
      varied: same(
        comparison?.right.sha256 ?? null,
        now?.comparison?.right.sha256,
      ),
    };
  });
}
