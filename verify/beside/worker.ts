/**
 * Workers that share a ring with this thread. They need permission to read
 * their own modules and what they are told to read. Whatever goes wrong with a
 * worker fails its ring, which this side sees before it uses anything.
 *
 * @module
 */

import type { Steps } from "../steps.ts";
import { type RingConsumer, type RingMemory, RingProducer } from "./ring.ts";

/** Between two looks at whether the caller gave up. */
const WAIT_MS = 50;
/** A worker that does nothing for so long is given up. */
export const IDLE_MS_MAX = 30_000;

/** Whether there is a second core to put to work. */
export function hasSecondCore(): boolean {
  return navigator.hardwareConcurrency > 1;
}

/** A worker and the ring that it works on. */
export class RingWorker implements Disposable {
  readonly #worker: Worker | undefined;
  readonly #ring: RingProducer;

  /**
   * Starts a worker with what it needs to know.
   *
   * @param url Module of the worker.
   * @param work What is posted to it.
   */
  constructor(url: URL, work: { readonly ring: RingMemory }) {
    this.#ring = new RingProducer(work.ring);
    try {
      this.#worker = new Worker(url, { type: "module" });
    } catch {
      this.#ring.fail();
      return;
    }
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#ring.fail();
    };
    this.#worker.postMessage(work);
  }

  /** Ends the worker, whatever it is doing. */
  [Symbol.dispose](): void {
    this.#ring.fail();
    this.#worker?.terminate();
  }
}

/** Who may end a wait, and when it ends by itself. */
export interface Patience {
  readonly signal?: AbortSignal | undefined;
  readonly idleMsMax?: number;
}

/**
 * Waits until a condition holds that the other side brings about. When the
 * other side does nothing for too long the ring fails.
 *
 * @returns Whether it holds; false when the ring failed.
 * @throws The abort reason when the signal fires.
 */
export function* waitFor(
  ring: RingProducer | RingConsumer,
  condition: () => boolean,
  { signal, idleMsMax = IDLE_MS_MAX }: Patience = {},
): Steps<boolean> {
  let idleMs = 0;
  while (true) {
    const look = ring.look();
    if (ring.failed) return false;
    if (condition()) return true;
    yield ring.wait(look, WAIT_MS);
    signal?.throwIfAborted();
    idleMs = ring.look() === look ? idleMs + WAIT_MS : 0;
    if (idleMs > idleMsMax) ring.fail();
  }
}
