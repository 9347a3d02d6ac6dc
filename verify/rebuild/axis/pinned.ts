/**
 * Axes that a recipe takes back: it may set the variable by which an axis is
 * varied, for all steps, a target or a step, and both runs then see one value.
 * That is a fine way to fix a leak, and no way to show that there is none, so
 * such an axis counts as one that was not varied.
 *
 * What a command line or a script sets is not seen.
 *
 * @module
 */

import type { Recipe } from "../recipe.ts";
import { plainSurroundings } from "../surroundings.ts";
import type { Axis, AxisHost } from "./axis.ts";
import { AXES, type DrawnAxes } from "./mod.ts";

/** Says of each axis that the recipe pins that it is not varied, and by what. */
export function withPinned(
  drawn: DrawnAxes,
  recipe: Pick<Recipe, "env" | "targets">,
  host: AxisHost,
): DrawnAxes {
  const own = Object.values(recipe.targets).flatMap(({ env, build }) => [
    ...Object.keys(env),
    ...build.flatMap((step) => Object.keys(step.env)),
  ]);
  // The tail stands behind a PATH that is set for all steps.
  const shared = Object.keys(recipe.env).filter((name) => name !== "PATH");
  const set = new Set([...shared, ...own]);
  return Object.fromEntries(
    Object.entries(drawn).map(([name, values]) => {
      const axis = AXES.find((axis) => axis.name === name);
      const pinned = axis === undefined || values.notVaried !== undefined
        ? undefined
        : variablesOf(axis, values.varied, host).find((one) => set.has(one));
      return [
        name,
        pinned === undefined
          ? values
          : { ...values, notVaried: `the recipe sets ${pinned}` },
      ];
    }),
  );
}

/** Variables through which a build sees an axis. */
function variablesOf(axis: Axis, value: string, host: AxisHost): string[] {
  const plain = plainSurroundings();
  const surroundings = plainSurroundings();
  axis.apply(value, surroundings, host);
  return [
    ...Object.keys(surroundings.variables),
    ...surroundings.home === plain.home ? [] : ["HOME"],
    ...surroundings.temporary === plain.temporary ? [] : ["TMPDIR"],
    ...surroundings.pathTail.length === 0 ? [] : ["PATH"],
  ];
}
