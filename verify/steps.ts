/**
 * Long work in steps. Reading is synchronous, so a comparison of large files
 * would hold the event loop to its end, and no interrupt could stop it. The
 * parts that read much are generators: each step handles a bounded number of
 * bytes, and between steps the caller may let the loop turn. A step may also
 * hand out a promise: the next step is done when it has settled.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Work that is done step by step. */
export type Steps<T> = Generator<Promise<unknown> | undefined, T, undefined>;

/** Steps between two turns of the event loop; each is at most 1 MiB. */
const STEPS_BETWEEN_TURNS = 64;

/**
 * Does all steps, letting the event loop turn now and then.
 *
 * @throws The abort reason when `signal` fires, and what a step throws; what
 * the steps hold open is closed in each case.
 */
export async function runSteps<T>(
  steps: Steps<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    for (let count = 1;; count++) {
      const { done, value } = steps.next();
      if (done === true) return value;
      if (value !== undefined) await value;
      if (count % STEPS_BETWEEN_TURNS !== 0) continue;
      await new Promise<void>((resolve) => setImmediate(() => resolve()));
      signal?.throwIfAborted();
    }
  } finally {
    steps.return(undefined as never);
  }
}

/** Does all steps at once, where nothing waits; none may hand out a promise. */
export function finishSteps<T>(steps: Steps<T>): T {
  while (true) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (value !== undefined) throw new TypeError("expected a step, not a wait");
  }
}
