/**
 * What both runs of a rebuild are asked once they are built, in this order:
 *
 * 1. whether their artifacts are equal, and what traces the differences bear;
 * 2. by further builds, what caused the other differences;
 * 3. which artifacts are copies of what the builds were given;
 * 4. whether the fixes of what was found help;
 * 5. whether the control run, repeated, makes the same again;
 * 6. how its artifacts relate to published ones.
 *
 * All but the first and the third only when asked for. Without runs everything
 * is unchecked, for the reason given.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { withFindings } from "./attribution/findings.ts";
import { investigate } from "./attribution/investigate.ts";
import { INVESTIGATION_BUILDS_MAX } from "./attribution/investigation_input.ts";
import { proveFixes } from "./attribution/prove_fixes.ts";
import type { Runs } from "./build_runs.ts";
import { type Compared, compareRuns } from "./compare_runs.ts";
import { type GivenFiles, withCopies } from "./copies.ts";
import { outputPaths } from "./outputs.ts";
import {
  comparePublished,
  type PublishedOutcome,
} from "./published/compare_published.ts";
import type { RebuildOptions } from "./rebuild_options.ts";
import { repeatControl, type RepeatsOutcome } from "./repeats.ts";
import type { FixProof, Investigation, RebuiltArtifact } from "./result.ts";
import type { Workshop } from "./workshop.ts";

/** What to examine, and how far. */
export interface ExaminationInput {
  readonly targets: readonly string[];
  readonly snapshot: string;
  readonly seed: string;
  /** Both runs and what they were prepared with; undefined without runs. */
  readonly built:
    | { readonly runs: Runs; readonly prepared: string }
    | undefined;
  /** Check that kept the runs from happening. */
  readonly reason: Check | undefined;
  readonly given: GivenFiles;
  readonly options: RebuildOptions;
}

/** What came of it; undefined is what was not asked for. */
export interface Examination {
  readonly compared: Compared;
  /** The artifacts with every cause that was found, and copies named. */
  readonly artifacts: RebuiltArtifact[];
  readonly investigation: Investigation | undefined;
  readonly fixes: readonly FixProof[] | undefined;
  readonly repeated: RepeatsOutcome | undefined;
  readonly published: PublishedOutcome | undefined;
}

/** Examines both runs. */
export async function examineRuns(
  shop: Workshop,
  input: ExaminationInput,
): Promise<Examination> {
  const { targets, snapshot, seed, built, options } = input;
  shop.progress({ activity: "comparison", state: "start" });
  const compare = options.compare ??
    (await import("../compare_paths.ts")).comparePaths;
  const compared = await compareRuns(shop, {
    targets,
    runs: built?.runs,
    compare,
    options: options.compareOptions ?? {},
    reason: input.reason,
  });
  shop.progress({ activity: "comparison", state: "end" });
  const builds = built === undefined ? undefined : {
    runs: built.runs,
    prepared: built.prepared,
    targets,
    snapshot,
  };
  const investigation = options.attribute !== true || builds === undefined
    ? undefined
    : await investigate(shop, {
      ...builds,
      artifacts: compared.list,
      attribution: compared.attribution,
      seed,
      compare,
      buildsMax: options.attributionBuildsMax ?? INVESTIGATION_BUILDS_MAX,
    });
  const artifacts = withCopies(
    withFindings(compared.list, investigation?.findings ?? []),
    input.given,
  );
  const fixes = options.proveFixes !== true || builds === undefined
    ? undefined
    : await proveFixes(shop, { ...builds, artifacts, compare });
  const count = options.repeats ?? 0;
  const repeated = builds === undefined || count < 1
    ? undefined
    : await repeatControl(shop, {
      control: builds.runs.control,
      count,
      targets,
      snapshot,
      prepared: builds.prepared,
    });
  const published =
    options.against === undefined || options.against.length === 0
      ? undefined
      : await comparePublished({
        against: options.against,
        artifacts: compared.list,
        outputs: outputPaths(built?.runs.control.outputs),
        compare,
        into: `${shop.work}/published`,
        signal: options.signal,
      });
  return { compared, artifacts, investigation, fixes, repeated, published };
}
