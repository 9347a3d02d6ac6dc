/**
 * What two threads know of each other: a block of shared words. One side
 * produces something, a digest or the slots of a ring, and the other one
 * consumes it. The producer says that it has begun, that it is not idle and
 * that it is done; either side can fail, and then nothing counts, which both
 * see at their next look. A thread that waits is woken by whatever may let it
 * go on, and only then.
 *
 * @module
 */

/** Words of the block; those of a ring follow. */
const WORD = {
  state: 0,
  begun: 1,
  /** Counts what may let the consumer go on. */
  toConsumer: 2,
  /** Counts what may let the producer go on. */
  toProducer: 3,
} as const;

/** Where the words of what passes between the two begin. */
export const FIRST_FREE_WORD = 4;

const STATE = { open: 0, ended: 1, failed: 2 } as const;

/** Shared words, with room for so many more. */
export function controlMemory(more = 0): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (FIRST_FREE_WORD + more));
}

/** Which side a thread is on. */
export type Role = "consumer" | "producer";

/** One side. */
export class Side {
  protected readonly words: Int32Array<SharedArrayBuffer>;
  readonly #own: number;
  readonly #other: number;

  /** @param control What {@linkcode controlMemory} made. */
  constructor(control: SharedArrayBuffer, role: Role) {
    this.words = new Int32Array(control);
    const { toConsumer, toProducer } = WORD;
    [this.#own, this.#other] = role === "consumer"
      ? [toConsumer, toProducer]
      : [toProducer, toConsumer];
  }

  /** Whether either side failed. */
  get failed(): boolean {
    return this.load(WORD.state) === STATE.failed;
  }

  /** Whether the producer is done, and all that it made is there. */
  get ended(): boolean {
    return this.load(WORD.state) === STATE.ended;
  }

  /** Whether the worker has begun. */
  get begun(): boolean {
    return this.load(WORD.begun) === 1;
  }

  /** Says, in the worker, that it has begun. */
  begin(): void {
    Atomics.store(this.words, WORD.begun, 1);
    this.wake();
  }

  /** Says, in the producer, that nothing will follow. */
  end(): void {
    // Unless the other side failed meanwhile.
    Atomics.compareExchange(this.words, WORD.state, STATE.open, STATE.ended);
    this.wake();
  }

  /** Gives everything up, for both sides. */
  fail(): void {
    Atomics.store(this.words, WORD.state, STATE.failed);
    for (const word of [this.#own, this.#other]) this.#notify(word);
  }

  /** Says that something was done, which may let the other side go on. */
  wake(): void {
    this.#notify(this.#other);
  }

  /**
   * A look at what this side waits for. It is taken before the condition is
   * tested and given to the wait, so that nothing in between is missed.
   */
  look(): number {
    return this.load(this.#own);
  }

  /**
   * Waits, blocking, until something happened since the look.
   *
   * @returns False when nothing did in time.
   */
  block(look: number, timeoutMs = Infinity): boolean {
    return Atomics.wait(this.words, this.#own, look, timeoutMs) !== "timed-out";
  }

  /**
   * Waits so while the event loop turns.
   *
   * @returns False when nothing happened in time.
   */
  async wait(look: number, timeoutMs: number): Promise<boolean> {
    const { async, value } = Atomics.waitAsync(this.words, this.#own, look);
    if (!async) return true;
    // The event loop does not stay for a wait, but it does for a timer.
    const { promise, resolve } = Promise.withResolvers<"timed-out">();
    const timer = setTimeout(() => resolve("timed-out"), timeoutMs);
    try {
      return await Promise.race([value, promise]) !== "timed-out";
    } finally {
      clearTimeout(timer);
    }
  }

  protected load(word: number): number {
    return Atomics.load(this.words, word);
  }

  #notify(word: number): void {
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }
}
