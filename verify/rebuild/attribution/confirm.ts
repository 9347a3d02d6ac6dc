/**
 * Whether an explanation that builds leave holds in builds that it foretells.
 *
 * Of all single axes and pairs about one survives nine builds of a field that
 * changes by chance, since each build refutes half of them. That one is left
 * over is therefore no proof of a pair; that it foretells what comes next is.
 * A build to confirm with varies, beside what the explanation says, axes drawn
 * at random, and is one for which it foretells the value seen least: a build
 * that differs one time in four agrees three times with a chance of one in
 * sixty-four.
 *
 * @module
 */

import type { SeededRandom } from "../random.ts";
import {
  type Explanation,
  type Observation,
  provenExplanation,
} from "./culprits.ts";

/** Builds that an explanation is to foretell. */
export const CONFIRMING_BUILDS = 3;

/** How many of the last builds an explanation has foretold. */
export function foretold(
  axes: readonly string[],
  observations: readonly Observation[],
  explanation: Explanation,
): number {
  const key = explanation.join();
  let count = 0;
  while (
    count < observations.length &&
    provenExplanation(axes, observations.slice(0, -1 - count))?.join() === key
  ) count++;
  return count;
}

/**
 * Whether chance leaves such an explanation often: two axes for a field that
 * was only ever seen with two values.
 */
export function mayBeChance(
  explanation: Explanation,
  observations: readonly Observation[],
): boolean {
  return explanation.length > 1 &&
    new Set(observations.map(({ label }) => label)).size <= 2;
}

const DRAWS = 40;

/** A build not made yet whose value is foretold to be the one seen least. */
export function confirmingBuild(
  axes: readonly string[],
  options: {
    readonly observations: readonly Observation[];
    readonly explanation: Explanation;
    readonly random: SeededRandom;
  },
): ReadonlySet<string> | undefined {
  const { observations, explanation, random } = options;
  const seen = new Map<string, number>();
  for (const { label } of observations) {
    seen.set(label, (seen.get(label) ?? 0) + 1);
  }
  const [like] = observations.toSorted((a, b) =>
    (seen.get(a.label) ?? 0) - (seen.get(b.label) ?? 0)
  );
  if (like === undefined) return undefined;
  for (let draw = 0; draw < DRAWS; draw++) {
    const varied = new Set(
      axes.filter((axis) =>
        explanation.includes(axis)
          ? like.varied.has(axis)
          : random.integer(2) === 1
      ),
    );
    const made = observations.some((other) =>
      other.varied.size === varied.size && other.varied.isSubsetOf(varied)
    );
    if (!made) return varied;
  }
  return undefined;
}
