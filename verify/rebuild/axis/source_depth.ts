/**
 * How many directories lie above the source, inside the directory of the
 * build: relative paths, `../..` and prefix maps that count components hold
 * it. The directories have one plain letter for a name, so that a build that
 * records its whole path is traced to `build-path`.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `source-depth`; the number of directories between. */
export const sourceDepth: Axis = {
  name: "source-depth",
  draw: (random) => ({
    control: "0",
    varied: String(2 + random.integer(4)),
  }),
  apply: (value, surroundings) => {
    surroundings.sourceDepth = Number(value);
  },
  canaries: () => [],
  aligned: asInControl,
  construct: "the number of directories above the source",
  fix: "Write paths relative to the root of the source.",
};
