/**
 * A directory more at the end of PATH: builds that record PATH leak it, and
 * nothing else may notice.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `path-tail`. */
export const pathTail: Axis = {
  name: "path-tail",
  draw: (random) => ({
    control: "",
    varied: `/opt/${random.word(10)}/bin`,
  }),
  apply: (value, surroundings) => {
    surroundings.pathTail = value === "" ? [] : [value];
  },
  canaries: (value) => value === "" ? [] : [value],
  aligned: asInControl,
  construct: "the value of PATH",
  fix: "Do not record the environment of the build.",
};
