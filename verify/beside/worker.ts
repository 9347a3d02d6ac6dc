/**
 * Workers that share memory with this thread. They need permission to read
 * their own modules and what they are told to read. Whatever goes wrong with a
 * worker fails its side, which this one sees before it uses anything.
 *
 * @module
 */

import type { Steps } from "../steps.ts";
import type { Side } from "./control.ts";

/** Between two looks at whether the caller gave up. */
const WAIT_MS = 50;
/** A worker that does nothing for so long is given up. */
export const IDLE_MS_MAX = 30_000;

/** Whether there is a second core to put to work. */
export function hasSecondCore(): boolean {
  return navigator.hardwareConcurrency > 1;
}

/** A worker on the other side. */
export class SideWorker implements Disposable {
  readonly #worker: Worker | undefined;
  readonly #side: Side;

  /**
   * Starts a worker with what it needs to know.
   *
   * @param url Module of the worker.
   * @param work What is posted to it.
   * @param side This thread's side.
   */
  constructor(url: URL, work: unknown, side: Side) {
    this.#side = side;
    try {
      this.#worker = new Worker(url, { type: "module" });
    } catch {
      side.fail();
      return;
    }
    this.#worker.onerror = (event) => {
      event.preventDefault();
      side.fail();
    };
    this.#worker.postMessage(work);
  }

  /** Ends the worker, whatever it is doing. */
  [Symbol.dispose](): void {
    this.#side.fail();
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
 * other side does nothing for too long it has failed.
 *
 * @returns Whether it holds; false when either side failed.
 * @throws The abort reason when the signal fires.
 */
export function* waitFor(
  side: Side,
  condition: () => boolean,
  { signal, idleMsMax = IDLE_MS_MAX }: Patience = {},
): Steps<boolean> {
  let idleMs = 0;
  while (true) {
    const look = side.look();
    if (side.failed) return false;
    if (condition()) return true;
    yield side.wait(look, WAIT_MS);
    signal?.throwIfAborted();
    idleMs = side.look() === look ? idleMs + WAIT_MS : 0;
    if (idleMs > idleMsMax) side.fail();
  }
}
