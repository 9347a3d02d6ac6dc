/**
 * The home directory: tools write it into configuration and cache paths.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `home`. */
export const home: Axis = {
  name: "home",
  draw: (random, host) => {
    const root = host.isolation === "none" ? "{work}/home" : "/home";
    return {
      control: `${root}/control-home`,
      varied: `${root}/${random.word(9)}`,
    };
  },
  apply: (value, surroundings) => {
    surroundings.home = value;
    surroundings.variables.HOME = value;
  },
  canaries: (value) => [value],
  aligned: ({ control }, random) =>
    control.replace(/[^/]*$/, (name) => random.word(name.length)),
  construct: "HOME, or a path below it",
  fix: "Keep caches and configuration out of the output.",
};
