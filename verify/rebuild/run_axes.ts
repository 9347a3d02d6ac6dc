/**
 * The axes of both runs: drawn from the seed, or those of a run that is
 * repeated, less what the recipe, the tools or an overlay keep from being
 * varied, each with the reason.
 *
 * @module
 */

import type { AxisHost } from "./axis/axis.ts";
import { drawAxes, type DrawnAxes } from "./axis/mod.ts";
import { withPinned } from "./axis/pinned.ts";
import { RENAMES_SOURCE } from "./moved_source.ts";
import type { Recipe } from "./recipe.ts";
import { replayedAxes, type ReplayEvidence } from "./replay.ts";

/** What the values of the axes follow from. */
export interface RunAxesInput {
  readonly seed: string;
  readonly host: AxisHost;
  readonly recipe: Recipe;
  readonly replay: ReplayEvidence | undefined;
  /** Why the clock is not varied, or not for every tool. */
  readonly clockReason: string | undefined;
}

/** Values of every axis in both runs. */
export function runAxes(input: RunAxesInput): DrawnAxes {
  const { seed, host, recipe, replay, clockReason } = input;
  return withReasons(
    replay === undefined
      ? withPinned(drawAxes(seed, host), recipe, host)
      : replayedAxes(replay),
    {
      "time": clockReason,
      ...host.orderReason === RENAMES_SOURCE
        ? { "directory-order": RENAMES_SOURCE }
        : {},
    },
  );
}

/** Says of axes that they were not varied, or not for everything. */
function withReasons(
  drawn: DrawnAxes,
  reasons: Readonly<Record<string, string | undefined>>,
): DrawnAxes {
  return Object.fromEntries(
    Object.entries(drawn).map(([axis, values]) => {
      const notVaried = reasons[axis];
      return [
        axis,
        notVaried === undefined ? values : { ...values, notVaried },
      ];
    }),
  );
}
