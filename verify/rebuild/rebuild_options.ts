/**
 * How to rebuild, as a caller says it.
 *
 * @module
 */

import type { CompareOptions } from "../compare/comparison.ts";
import type { CompareFunction } from "./compare_runs.ts";
import type { Lock } from "./lock.ts";
import type { ProgressListener } from "./progress.ts";
import type { ReplayEvidence } from "./replay.ts";
import type { Isolation } from "./result.ts";
import type { RunCache } from "./run_cache.ts";

/** How to rebuild. */
export interface RebuildOptions {
  /** Axis values are drawn from it; random when absent. */
  readonly seed?: string | undefined;
  /** 1 builds one after the other; 2, the default on two cores, at once. */
  readonly jobs?: number | undefined;
  /** The strongest that works here when absent. */
  readonly isolation?: Isolation | undefined;
  /**
   * Targets to build; all of the recipe when absent. With none the source is
   * identified and nothing is built.
   */
  readonly targets?: readonly string[] | undefined;
  /** New directory to work in; it is then kept. */
  readonly workDirectory?: string | undefined;
  /** Files that no build may read, and that the source may not hold: keys. */
  readonly hidden?: readonly string[] | undefined;
  /** Seconds since 1970 instead of commit time or recipe. */
  readonly sourceDateEpoch?: number | undefined;
  /** Lock instead of the one beside the recipe. */
  readonly lock?: Lock | undefined;
  /** What may account for differences. */
  readonly compareOptions?: Omit<CompareOptions, "signal"> | undefined;
  /** Told what begins and ends. */
  readonly progress?: ProgressListener | undefined;
  /** Ends the builds and removes what they left. */
  readonly signal?: AbortSignal | undefined;
  /** Compares two files; the comparison of this program when absent. */
  readonly compare?: CompareFunction | undefined;
  /** Whether to find causes by further builds; false when absent. */
  readonly attribute?: boolean | undefined;
  /** Whether to rebuild with the fixes of what was found. */
  readonly proveFixes?: boolean | undefined;
  /** Published artifacts to compare with, `[TARGET/NAME=]SOURCE`. */
  readonly against?: readonly string[] | undefined;
  /** Evidence of a run to repeat; it sets seed, axes, lock and targets. */
  readonly replay?: ReplayEvidence | undefined;
  /** How often to repeat the control run, for what is seldom random. */
  readonly repeats?: number | undefined;
  /** Most builds that finding causes may take. */
  readonly attributionBuildsMax?: number | undefined;
  /** Directory of digests and toolchains instead of this user's. */
  readonly cacheDirectory?: string | undefined;
  /**
   * Runs that were made before may stand for runs of the same inputs. Never
   * for a proof: a release, signed evidence, repeats or a replay have none.
   */
  readonly runCache?: RunCache | undefined;
  /** Whether to end when prepare has, as to pin what it left. */
  readonly prepareOnly?: boolean | undefined;
  /** Least time between the starts of the runs, for tests. */
  readonly runDistanceMs?: number | undefined;
}
