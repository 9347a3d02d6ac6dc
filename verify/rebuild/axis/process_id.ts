/**
 * The numbers of processes: names of temporary files, seeds and archive
 * headers hold one. In the varied run some hundred numbers are used up before
 * the build begins.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `process-id`; how many numbers are used up. */
export const processId: Axis = {
  name: "process-id",
  draw: (random, host) =>
    host.isolation === "none"
      ? {
        control: "0",
        varied: "0",
        notVaried: "needs a PID namespace; there is no sandbox",
      }
      : { control: "0", varied: String(100 + random.integer(300)) },
  apply: (value, surroundings) => {
    surroundings.processIdsUsed = Number(value);
  },
  canaries: () => [],
  construct: "the number of a process ($$, getpid)",
  fix: "Name temporary files by content, and take no seed from the process.",
};
