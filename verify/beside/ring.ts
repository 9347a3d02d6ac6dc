/**
 * A ring of slots in shared memory between two threads: one fills the next
 * free slot and publishes it, the other reads the first that is published and
 * releases it. Bytes pass without a copy, in order, and neither side runs
 * further ahead than the slots allow, so memory stays flat.
 *
 * The producer ends the ring behind its last slot.
 *
 * @module
 */

import { controlMemory, FIRST_FREE_WORD, type Role, Side } from "./control.ts";

const SLOTS = 16;
/** The producer is woken when so many slots are free, not for each. */
const SLOTS_PER_WAKE = SLOTS / 2;

/** Words of the control block; a length and a tag for each slot follow. */
const WORD = {
  published: FIRST_FREE_WORD,
  released: FIRST_FREE_WORD + 1,
  slots: FIRST_FREE_WORD + 2,
} as const;
const WORDS = 2 + 2 * SLOTS;

/** What both threads share; it can be posted to a worker. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
  readonly slotBytes: number;
}

/** Memory for a ring whose slots hold so many bytes each. */
export function ringMemory(slotBytes: number): RingMemory {
  return {
    control: controlMemory(WORDS),
    bytes: new SharedArrayBuffer(slotBytes * SLOTS),
    slotBytes,
  };
}

/** One side of the ring. */
class RingSide extends Side {
  protected readonly slots: readonly Uint8Array<SharedArrayBuffer>[];

  constructor({ control, bytes, slotBytes }: RingMemory, role: Role) {
    super(control, role);
    this.slots = Array.from(
      { length: SLOTS },
      (_, index) => new Uint8Array(bytes, index * slotBytes, slotBytes),
    );
  }

  protected slotWord(count: number): number {
    return WORD.slots + 2 * (count % SLOTS);
  }
}

/** The side that fills slots. */
export class RingProducer extends RingSide {
  constructor(memory: RingMemory) {
    super(memory, "producer");
  }

  /** The next free slot; undefined when all are full. */
  slot(): Uint8Array<SharedArrayBuffer> | undefined {
    const published = this.load(WORD.published);
    return published - this.load(WORD.released) < SLOTS
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
    const published = this.load(WORD.published);
    const word = this.slotWord(published);
    this.words[word] = length;
    this.words[word + 1] = tag;
    Atomics.store(this.words, WORD.published, published + 1);
    this.wake();
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
    super(memory, "consumer");
  }

  /** The first slot that is not released; undefined when there is none yet. */
  first(): RingItem | undefined {
    const released = this.load(WORD.released);
    if (released === this.load(WORD.published)) return undefined;
    const word = this.slotWord(released);
    const slot = this.slots[released % SLOTS];
    return slot && {
      bytes: slot.subarray(0, this.words[word]),
      tag: this.words[word + 1] ?? 0,
    };
  }

  /** Gives the first slot back. */
  release(): void {
    const released = Atomics.add(this.words, WORD.released, 1) + 1;
    if (released % SLOTS_PER_WAKE === 0) this.wake();
  }

  /** Whether no slot is left and none will follow. */
  get drained(): boolean {
    // The state first: whoever ended the ring had published everything.
    return this.ended &&
      this.load(WORD.released) === this.load(WORD.published);
  }
}
