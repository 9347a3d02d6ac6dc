/**
 * What an investigation is about, and how many builds it may take.
 *
 * @module
 */

import type { Runs } from "../build_runs.ts";
import type { CompareFunction } from "../compare_runs.ts";
import type { RebuildResult, RebuiltArtifact } from "../result.ts";

/**
 * Builds that suffice for sixteen axes and two culprits that each show, the
 * repeat of the control run included.
 */
export const INVESTIGATION_BUILDS = 8;
/**
 * Most builds: more axes, or two that only act together, take more, and such a
 * pair is confirmed.
 */
export const INVESTIGATION_BUILDS_MAX = 17;

/** What to investigate. */
export interface InvestigationInput {
  readonly runs: Runs;
  readonly artifacts: readonly RebuiltArtifact[];
  /** Literal traces that were found. */
  readonly attribution: RebuildResult["attribution"];
  readonly targets: readonly string[];
  readonly snapshot: string;
  readonly prepared: string;
  readonly seed: string;
  readonly compare: CompareFunction;
  readonly buildsMax: number;
}
