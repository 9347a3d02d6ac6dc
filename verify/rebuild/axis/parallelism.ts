/**
 * The number of parallel jobs that a recipe asks for with `{jobs}`: the order
 * in which parallel work ends, and how work is split, hold it.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `parallelism`; the value of `{jobs}`. */
export const parallelism: Axis = {
  name: "parallelism",
  draw: (random, host) => {
    const count = Math.max(1, host.processors.length);
    return {
      control: String(count),
      varied: String(count + 1 + random.integer(3)),
    };
  },
  apply: (value, surroundings) => {
    surroundings.jobs = Number(value);
  },
  canaries: () => [],
  construct: "the number of parallel jobs, or the order in which they end",
  fix: "Sort what parallel jobs produce; split work by content, not by jobs.",
};
