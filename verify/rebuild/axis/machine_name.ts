/**
 * The name of the machine, as uname(2) tells it: build scripts take it for the
 * target. The varied run sees that of the 32-bit sibling (personality(2),
 * PER_LINUX32).
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `machine-name`. */
export const machineName: Axis = {
  name: "machine-name",
  draw: (_random, { personality, arch }) =>
    personality.machine === null
      ? {
        control: arch,
        varied: arch,
        notVaried: "setarch linux32 does not work here",
      }
      : { control: arch, varied: personality.machine },
  apply: (value, surroundings, host) => {
    surroundings.machine32 = value !== host.arch;
  },
  canaries: (value) => [value],
  aligned: asInControl,
  construct: "the name of the machine (uname -m)",
  fix: "Name the target in the recipe instead of asking the host.",
};
