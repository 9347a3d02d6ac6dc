/**
 * A ring of slots in shared memory between two threads: one fills the next
 * free slot and publishes it, the other reads the first that is published and
 * releases it. Bytes pass without a copy, in order, and neither side runs
 * further ahead than the slots allow, so memory stays flat.
 *
 * The producer ends the ring behind its last slot; the consumer may answer
 * once it has read everything. Either side can fail the ring: then nothing in
 * it counts, and both see that at their next look. A thread that waits is woken
 * by whatever may let it go on, and only then.
 *
 * @module
 */

const SLOTS = 16;
/** The producer is woken when so many slots are free, not for each. */
const SLOTS_PER_WAKE = SLOTS / 2;

/** Words of the control block; a length and a tag for each slot follow. */
const WORD = {
  state: 0,
  published: 1,
  released: 2,
  /** Counts what may let the consumer go on. */
  toConsumer: 3,
  /** Counts what may let the producer go on. */
  toProducer: 4,
  begun: 5,
  slots: 6,
} as const;

const STATE = { open: 0, ended: 1, answered: 2, failed: 3 } as const;

/** What both threads share; it can be posted to a worker. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
  readonly slotBytes: number;
}

/** Memory for a ring whose slots hold so many bytes each. */
export function ringMemory(slotBytes: number): RingMemory {
  return {
    control: new SharedArrayBuffer(4 * (WORD.slots + 2 * SLOTS)),
    bytes: new SharedArrayBuffer(slotBytes * SLOTS),
    slotBytes,
  };
}

type Waker = "toConsumer" | "toProducer";

/** One side of the ring. */
class RingSide {
  protected readonly control: Int32Array<SharedArrayBuffer>;
  protected readonly slots: readonly Uint8Array<SharedArrayBuffer>[];
  readonly #waker: Waker;

  constructor({ control, bytes, slotBytes }: RingMemory, waker: Waker) {
    this.#waker = waker;
    this.control = new Int32Array(control);
    this.slots = Array.from(
      { length: SLOTS },
      (_, index) => new Uint8Array(bytes, index * slotBytes, slotBytes),
    );
  }

  /** Whether either side failed. */
  get failed(): boolean {
    return this.load("state") === STATE.failed;
  }

  /** Whether the consumer has read everything and left its answer. */
  get answered(): boolean {
    return this.load("state") === STATE.answered;
  }

  /** Whether the worker has begun. */
  get begun(): boolean {
    return this.load("begun") === 1;
  }

  /** Says, in the worker, that it has begun. */
  begin(): void {
    Atomics.store(this.control, WORD.begun, 1);
    this.wake("toConsumer");
    this.wake("toProducer");
  }

  /** Gives the ring up, for both sides. */
  fail(): void {
    Atomics.store(this.control, WORD.state, STATE.failed);
    this.wake("toConsumer");
    this.wake("toProducer");
  }

  /**
   * A look at what this side waits for. It is taken before the condition is
   * tested and given to the wait, so that nothing in between is missed.
   */
  look(): number {
    return this.load(this.#waker);
  }

  /**
   * Waits, blocking, until something happened since the look.
   *
   * @returns False when nothing did in time.
   */
  block(look: number, timeoutMs = Infinity): boolean {
    const word = WORD[this.#waker];
    return Atomics.wait(this.control, word, look, timeoutMs) !== "timed-out";
  }

  /**
   * Waits so while the event loop turns.
   *
   * @returns False when nothing happened in time.
   */
  async wait(look: number, timeoutMs: number): Promise<boolean> {
    const word = WORD[this.#waker];
    const { async, value } = Atomics.waitAsync(this.control, word, look);
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

  protected load(word: keyof typeof WORD): number {
    return Atomics.load(this.control, WORD[word]);
  }

  protected wake(word: Waker): void {
    Atomics.add(this.control, WORD[word], 1);
    Atomics.notify(this.control, WORD[word]);
  }

  /** From one state to another, unless the other side failed meanwhile. */
  protected become(from: number, to: number): void {
    Atomics.compareExchange(this.control, WORD.state, from, to);
  }

  protected slotWord(count: number): number {
    return WORD.slots + 2 * (count % SLOTS);
  }
}

/** The side that fills slots. */
export class RingProducer extends RingSide {
  constructor(memory: RingMemory) {
    super(memory, "toProducer");
  }

  /** The next free slot; undefined when all are full. */
  slot(): Uint8Array<SharedArrayBuffer> | undefined {
    const published = this.load("published");
    return published - this.load("released") < SLOTS
      ? this.slots[published % SLOTS]
      : undefined;
  }

  /**
   * Hands the slot over.
   *
   * @param length Bytes of it that count.
   * @param tag A number that both sides understand.
   */
  publish(length: number, tag = 0): void {
    const published = this.load("published");
    const word = this.slotWord(published);
    this.control[word] = length;
    this.control[word + 1] = tag;
    Atomics.store(this.control, WORD.published, published + 1);
    this.wake("toConsumer");
  }

  /** Says that no slot will follow. */
  end(): void {
    this.become(STATE.open, STATE.ended);
    this.wake("toConsumer");
  }
}

/** What the consumer finds in a slot; the view is valid until it is released. */
export interface RingItem {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly tag: number;
}

/** The side that reads slots. */
export class RingConsumer extends RingSide {
  constructor(memory: RingMemory) {
    super(memory, "toConsumer");
  }

  /** The first slot that is not released; undefined when there is none yet. */
  first(): RingItem | undefined {
    const released = this.load("released");
    if (released === this.load("published")) return undefined;
    const word = this.slotWord(released);
    const slot = this.slots[released % SLOTS];
    return slot && {
      bytes: slot.subarray(0, this.control[word]),
      tag: this.control[word + 1] ?? 0,
    };
  }

  /** Gives the first slot back. */
  release(): void {
    const released = Atomics.add(this.control, WORD.released, 1) + 1;
    if (released % SLOTS_PER_WAKE === 0) this.wake("toProducer");
  }

  /** Whether no slot is left and none will follow. */
  get drained(): boolean {
    // The state first: whoever ended the ring had published everything.
    return this.load("state") === STATE.ended &&
      this.load("released") === this.load("published");
  }

  /** Says that everything was read, once the answer is where it belongs. */
  answer(): void {
    this.become(STATE.ended, STATE.answered);
    this.wake("toProducer");
  }
}
