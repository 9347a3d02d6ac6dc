/**
 * Making both runs of a rebuild: with which axes, how far apart, whether from
 * the cache, and once more where an overlay kept the build from renaming.
 *
 * @module
 */

import type { Assignment } from "./assignment.ts";
import { buildRuns } from "./build_runs.ts";
import { runsDespiteOverlay, type RunsMade } from "./moved_source.ts";
import type { OpenedWorkshop } from "./open_workshop.ts";
import type { Prepared } from "./prepare.ts";
import { runAxes } from "./run_axes.ts";
import type { Snapshot } from "./source.ts";

/** More than the second in which many builds write the time. */
const RUN_DISTANCE_MS = 1_100;

/** What both runs are made from. */
export interface RunsOrigin {
  readonly seed: string;
  readonly snapshot: Snapshot;
  /** Directory of the snapshot. */
  readonly source: string;
  readonly prepared: Prepared;
}

/** Both runs, with the workshop and the prepared files of theirs. */
export interface BuiltRuns extends RunsMade {
  /** Directory that `prepare` filled. */
  readonly prepared: string;
}

/** Makes both runs. */
export async function makeRuns(
  opened: OpenedWorkshop,
  { options, recipe, targets, host }: Assignment,
  origin: RunsOrigin,
): Promise<BuiltRuns> {
  const { seed, snapshot, source, prepared: { path, identity } } = origin;
  const { replay, runCache } = options;
  const made = await runsDespiteOverlay(opened, (shop) =>
    buildRuns(shop, {
      drawn: runAxes({
        seed,
        host: shop.host,
        recipe,
        replay,
        clockReason: opened.clockReason,
      }),
      targets,
      snapshot: source,
      prepared: path,
      jobs: options.jobs ?? (host.processors.length < 2 ? 1 : 2),
      distanceMs: options.runDistanceMs ?? RUN_DISTANCE_MS,
      ...(runCache === undefined || replay !== undefined ||
          options.repeats !== undefined
        ? {}
        : {
          cached: {
            cache: runCache,
            inputs: {
              source: snapshot.identity.treeSha256,
              prepared: identity?.sha256 ?? null,
            },
          },
        }),
    }));
  return { ...made, prepared: path };
}
