/**
 * The release of the kernel, as uname(2) tells it: banners and build
 * configuration hold it. The varied run sees one of 2.6 (personality(2),
 * UNAME26).
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `kernel-release`. */
export const kernelRelease: Axis = {
  name: "kernel-release",
  draw: (_random, { personality, release }) =>
    personality.oldRelease === null
      ? {
        control: release,
        varied: release,
        notVaried: "setarch --uname-2.6 does not work here",
      }
      : { control: release, varied: personality.oldRelease },
  apply: (value, surroundings, host) => {
    surroundings.oldKernel = value.startsWith("2.6.") &&
      value !== host.release;
  },
  canaries: (value) => [value],
  aligned: asInControl,
  construct: "the release of the kernel (uname -r)",
  fix: "Leave the host's kernel out, or name the target's.",
};
