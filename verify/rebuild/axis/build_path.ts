/**
 * The directory of the build, with another length: compilers write it into
 * debug information, assertions and panics. Prepared files lie beside the
 * source, so their place varies with it.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `build-path`. */
export const buildPath: Axis = {
  name: "build-path",
  draw: (random, host) => {
    const root = host.isolation === "none" ? "{work}" : "/reproof";
    return {
      control: `${root}/control`,
      varied: `${root}/varied-${random.word(12)}`,
    };
  },
  apply: (value, surroundings) => {
    surroundings.buildRoot = value;
  },
  canaries: (value) => [value],
  aligned: ({ control }, random) =>
    control.replace(/[^/]*$/, (name) => random.word(name.length)),
  construct: "the path of the build directory",
  fix:
    "Map it to a fixed one: -ffile-prefix-map for C, --remap-path-prefix for Rust, -trimpath for Go.",
};
