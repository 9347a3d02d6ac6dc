/**
 * Repeating a run from its evidence: the same source, recipe, lock, prepared
 * files, date, isolation and targets, and for each axis the very values of
 * then. Afterwards every command and variable is held against those of then,
 * and every artifact. What lies outside, the clock's start above all, is of
 * now.
 *
 * @module
 */

import { z } from "zod";
import type { Check } from "../check.ts";
import { type DocumentKind, parseDocument } from "../document.ts";
import { UsageError } from "../error.ts";
import type { DrawnAxes } from "./axis/mod.ts";
import { lockSchema } from "./lock.ts";
import {
  ISOLATIONS,
  type RebuildResult,
  type ReplayedArtifact,
  type RunEvidence,
} from "./result.ts";

const axes = z.record(z.string(), z.string());
/** What the steps of a run were, as the evidence states it. */
const steps = {
  environment: axes,
  targets: z.record(
    z.string(),
    z.looseObject({
      steps: z.array(z.looseObject({
        argv: z.array(z.string()),
        cwd: z.string(),
      })),
    }),
  ),
};

/** The part of a result that a replay reads; the rest is let be. */
const evidenceSchema = z.looseObject({
  schemaVersion: z.literal(1, "1"),
  seed: z.string().min(1).max(64),
  source: z.looseObject({
    treeSha256: z.string(),
    sourceDateEpoch: z.int(),
  }),
  recipeSha256: z.string(),
  lock: lockSchema,
  prepared: lockSchema.shape.prepared,
  runs: z.tuple([
    z.looseObject({
      id: z.literal("control"),
      isolation: z.enum(ISOLATIONS),
      axes,
      notVaried: axes,
      ...steps,
    }),
    z.looseObject({ id: z.literal("varied"), axes, ...steps }),
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
 * Refuses another source or recipe than those of then.
 *
 * @throws {UsageError} `replay-source-changed`.
 */
export function assertSameSource(
  { source, recipeSha256 }: ReplayEvidence,
  now: { readonly tree: string; readonly recipe: string },
): void {
  for (
    const [what, then, here] of [
      ["source of then, tree", source.treeSha256, now.tree],
      ["recipe of then,", recipeSha256, now.recipe],
    ] as const
  ) {
    if (then === here) continue;
    throw new UsageError("replay-source-changed", "Repeating a run", {
      expected: `the ${what} sha256:${then}`,
      observed: `sha256:${here}`,
    });
  }
}

/** How a replay relates to the run repeated. */
export interface Replayed {
  readonly artifacts: readonly ReplayedArtifact[];
  readonly checks: readonly Check[];
}

/** What a replay made. */
export interface ReplayResult {
  readonly runs: readonly RunEvidence[];
  readonly artifacts: RebuildResult["artifacts"];
  /** What this host would draw, for what it cannot vary. */
  readonly here: DrawnAxes;
}

/** Holds what was run and what came out against those of then. */
export function replayOf(
  evidence: ReplayEvidence,
  { runs, artifacts, here }: ReplayResult,
): Replayed {
  const replayed = evidence.artifacts.map((then) => {
    const now = artifacts.find(({ target, name }) =>
      target === then.target && name === then.name
    );
    const pairs = {
      control: [then.sha256, now?.sha256],
      varied: [
        then.comparison?.right.sha256 ?? null,
        now?.comparison?.right.sha256,
      ],
    } as const;
    return { artifact: `${then.target}/${then.name}`, pairs };
  });
  return {
    artifacts: replayed.map(({ artifact, pairs: { control, varied } }) => ({
      artifact,
      control: isSame(control),
      varied: isSame(varied),
    })),
    checks: [
      ...lostAxes(evidence, here),
      ...evidence.runs.map((then) =>
        surroundingsCheck(then, runs.find(({ id }) => id === then.id))
      ),
      ...replayed.flatMap(({ artifact, pairs }) =>
        Object.entries(pairs).map(([run, pair]) =>
          artifactCheck(`${run}/${artifact}`, pair)
        )
      ),
    ],
  };
}

type Pair = readonly [then: string | null, now: string | null | undefined];

const isSame = ([then, now]: Pair) => then !== null && then === now;

function artifactCheck(subject: string, pair: Pair): Check {
  const [then, now] = pair;
  const known = then !== null && now !== null && now !== undefined;
  return {
    id: `reproducibility/replay/${subject}`,
    gate: "reproducibility",
    code: "replay-differs",
    subject,
    status: isSame(pair) ? "pass" : known ? "fail" : "unchecked",
    expected: then === null ? "an artifact of then" : `sha256:${then}`,
    observed: now === null || now === undefined ? "none" : `sha256:${now}`,
    evidence: [],
  };
}

/** Axes that were varied then and that this host cannot vary. */
function lostAxes({ runs }: ReplayEvidence, here: DrawnAxes): Check[] {
  const [control, varied] = runs;
  return Object.keys(control.axes).flatMap((axis): Check[] => {
    const reason = here[axis]?.notVaried;
    const same = control.axes[axis] === varied.axes[axis];
    return same || reason === undefined || axis in control.notVaried ? [] : [{
      id: `build/replay/${axis}`,
      gate: "build",
      code: "replay-surroundings-differ",
      subject: axis,
      status: "unchecked",
      expected: `${axis} varied, as then`,
      observed: `not varied here: ${reason}`,
      evidence: [],
    }];
  });
}

/** Whether a run had the commands and variables of then, each and all. */
function surroundingsCheck(
  then: ReplayEvidence["runs"][number],
  now: RunEvidence | undefined,
): Check {
  const before = surroundingsOf(then);
  const here = now === undefined
    ? new Map<string, string>()
    : surroundingsOf(now);
  const differing = [...new Set([...before.keys(), ...here.keys()])]
    .find((key) => before.get(key) !== here.get(key));
  return {
    id: `build/replay/${then.id}`,
    gate: "build",
    code: "replay-surroundings-differ",
    subject: then.id,
    status: differing === undefined ? "pass" : "unchecked",
    expected: differing === undefined
      ? "commands and variables of then"
      : `${differing} ${before.get(differing) ?? "absent"}`,
    observed: differing === undefined
      ? "the same"
      : now === undefined
      ? "no run"
      : here.get(differing) ?? "absent",
    evidence: [],
  };
}

function surroundingsOf(
  run: {
    readonly environment: Readonly<Record<string, string>>;
    readonly targets: Readonly<
      Record<string, {
        readonly steps: readonly {
          readonly argv: readonly string[];
          readonly cwd: string;
        }[];
      }>
    >;
  },
): Map<string, string> {
  return new Map([
    ...Object.entries(run.environment).map(([name, value]) =>
      [`variable ${name}`, JSON.stringify(value)] as const
    ),
    ...Object.entries(run.targets).flatMap(([target, { steps }]) =>
      steps.map(({ argv, cwd }, index) =>
        [
          `step ${index + 1} of ${target}`,
          JSON.stringify({ argv, cwd }),
        ] as const
      )
    ),
  ]);
}
