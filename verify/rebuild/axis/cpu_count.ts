/**
 * The number of processors: the order in which parallel work ends, and
 * banners, hold it. The varied run is pinned to one processor where there are
 * more.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `cpu-count`; `all`, or the number of one processor. */
export const cpuCount: Axis = {
  name: "cpu-count",
  draw: (random, host) => {
    const [first, ...rest] = host.processors;
    const reason = rest.length === 0
      ? "this host has one processor"
      : host.taskset === null
      ? "taskset is not installed"
      : undefined;
    return {
      control: "all",
      varied: reason === undefined && first !== undefined
        ? String(random.pick([first, ...rest]))
        : "all",
      ...(reason === undefined ? {} : { notVaried: reason }),
    };
  },
  apply: (value, surroundings) => {
    surroundings.processor = value === "all" ? null : Number(value);
  },
  canaries: () => [],
  construct: "the number of processors, or the order of parallel work",
  fix: "Sort what parallel work produces; do not record the count.",
};
