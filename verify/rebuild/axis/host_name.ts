/**
 * The name of the host: build banners hold it.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `host-name`. */
export const hostName: Axis = {
  name: "host-name",
  draw: (random, host) =>
    host.isolation === "none"
      ? {
        control: host.name,
        varied: host.name,
        notVaried: "needs a UTS namespace; there is no sandbox",
      }
      : { control: "control-host", varied: random.word(10) },
  apply: (value, surroundings) => {
    surroundings.hostName = value;
  },
  canaries: (value) => [value],
  aligned: ({ control, notVaried }, random) =>
    notVaried === undefined ? random.word("control-host".length) : control,
  construct: "the name of the host that builds (hostname, uname -n)",
  fix: "Leave it out, or take it from the release instead.",
};
