/**
 * The number of processors and of parallel jobs: the order in which parallel
 * work ends, and banners, hold it. The varied run is pinned to one processor
 * where there are more; `{jobs}` differs always.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `cpu-count`; `JOBS on all` or `JOBS on PROCESSOR`. */
export const cpuCount: Axis = {
  name: "cpu-count",
  draw: (random, host) => {
    const [first, ...rest] = host.processors;
    const count = Math.max(1, host.processors.length);
    const reason = count === 1
      ? "this host has one processor; only {jobs} varies"
      : host.taskset === null
      ? "taskset is not installed; only {jobs} varies"
      : undefined;
    return {
      control: `${count} on all`,
      varied: reason === undefined && first !== undefined
        ? `${count + 1} on ${random.pick([first, ...rest])}`
        : `${count + 1} on all`,
      ...(reason === undefined ? {} : { notVaried: reason }),
    };
  },
  apply: (value, surroundings) => {
    const match = /^(\d+) on (\d+|all)$/.exec(value);
    surroundings.jobs = Number(match?.[1] ?? 1);
    surroundings.processor = match?.[2] === undefined || match[2] === "all"
      ? null
      : Number(match[2]);
  },
  canaries: () => [],
  construct: "the number of processors, or the order of parallel work",
  fix: "Sort what parallel jobs produce; do not record the count.",
};
