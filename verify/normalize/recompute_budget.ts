/**
 * How many bytes may be hashed or expanded to compute derived values again: of
 * a file with all that lies inside it. Many small files inside may each ask
 * for much, so they share what there is.
 *
 * Where nothing is left the value is neither right nor wrong: computing it
 * throws, and the file is then unchecked.
 *
 * @module
 */

import { LimitError } from "../error.ts";
import type { Layout } from "../format/layout.ts";
import { LIMITS } from "../limits.ts";

/** Input that has no more than those: two files of 1 MiB. */
const SMALL_INPUT_BYTES = 2 << 20;
/** Bytes for each byte of input past that: an archive of texts, and hashes. */
const USUAL_RATIO = 128;

/** What is left for one comparison or inspection. */
export class RecomputeBudget {
  #left: number;

  /** @param inputBytes Size of the outermost files. */
  constructor(inputBytes: number) {
    this.#left = LIMITS.recomputedBytesMax +
      USUAL_RATIO * Math.max(0, inputBytes - SMALL_INPUT_BYTES);
  }

  /** Most bytes that may still be taken. */
  get left(): number {
    return Math.max(0, this.#left);
  }

  /**
   * Takes so many bytes.
   *
   * @throws {LimitError} `limit-reached` when there are fewer.
   */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new LimitError(
      "recomputedBytesMax",
      "Computing a derived value again",
      {
        expected: "few bytes to hash and to expand in all of a file",
        observed: `${bytes} bytes, more than is left`,
      },
    );
  }
}

const budgets = new WeakMap<Layout, RecomputeBudget>();

/** Lets a layout take from a budget that it shares with others. */
export function shareRecomputing(
  layout: Layout,
  budget: RecomputeBudget,
): void {
  budgets.set(layout, budget);
}

/** The budget of a layout; one of its own where it shares none. */
export function recomputingOf(
  layout: Layout,
  inputBytes: number,
): RecomputeBudget {
  let budget = budgets.get(layout);
  if (budget === undefined) {
    budget = new RecomputeBudget(inputBytes);
    budgets.set(layout, budget);
  }
  return budget;
}
