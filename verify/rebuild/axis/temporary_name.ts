/**
 * The directory of temporary files, TMPDIR: names of intermediate files, and
 * what is compiled there, hold it. Under a sandbox it lies in `/tmp`, which
 * stays there for programs that know no other.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `temporary-name`. */
export const temporaryName: Axis = {
  name: "temporary-name",
  draw: (random, host) => {
    const root = host.isolation === "none" ? "{work}/temporary" : "/tmp";
    return {
      control: `${root}/control-tmp`,
      varied: `${root}/${random.word(10)}`,
    };
  },
  apply: (value, surroundings) => {
    surroundings.temporary = value;
  },
  canaries: (value) => [value],
  aligned: ({ control }, random) =>
    control.replace(/[^/]*$/, (name) => random.word(name.length)),
  construct: "TMPDIR, or the name of a temporary file",
  fix: "Compile from the source's directory; record no temporary path.",
};
