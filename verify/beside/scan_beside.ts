/**
 * The first pass over two large files with two cores: this thread reads both
 * and compares, a worker hashes. What is hashed is the memory that was
 * compared, read through the handles that the comparison goes on to use. A
 * worker that cannot be had or fails proves nothing: the caller then makes the
 * pass alone.
 *
 * @module
 */

import { EqualParts, sameBytes, type Scan } from "../compare/equal_parts.ts";
import type { FileReader } from "../file_reader.ts";
import type { Steps } from "../steps.ts";
import { DIGEST_BYTES, SLOT_OF } from "./digest_work.ts";
import { ringMemory, RingProducer } from "./ring.ts";
import { hasSecondCore, type Patience, RingWorker, waitFor } from "./worker.ts";

/** Below this a worker costs more than it saves. */
const BYTES_MIN = 32 << 20;
/** Large enough to read fast, small enough for all slots to stay cached. */
const SLOT_BYTES = 512 << 10;

/** A worker that hashes, and the pass that it has a part in. */
export class ScanBeside implements Disposable {
  readonly #left: FileReader;
  readonly #right: FileReader;
  readonly #digests = new SharedArrayBuffer(2 * DIGEST_BYTES);
  readonly #ring: RingProducer;
  readonly #worker: RingWorker;

  /**
   * Starts the worker.
   *
   * @param module The module of the worker.
   */
  constructor(
    left: FileReader,
    right: FileReader,
    module = new URL("./digest_worker.ts", import.meta.url),
  ) {
    this.#left = left;
    this.#right = right;
    const work = { ring: ringMemory(SLOT_BYTES), digests: this.#digests };
    this.#ring = new RingProducer(work.ring);
    this.#worker = new RingWorker(module, work);
  }

  /** Whether a second core would help with the pass. */
  static isWorthIt(left: FileReader, right: FileReader): boolean {
    return hasSecondCore() && Math.min(left.size, right.size) >= BYTES_MIN;
  }

  /** Waits until the worker has begun, or failed. */
  *begun(patience?: Patience): Steps<void> {
    yield* waitFor(this.#ring, () => this.#ring.begun, patience);
  }

  /**
   * Compares and hashes the two files in one pass.
   *
   * @returns Undefined when the worker failed.
   * @throws {ReproofError} `file-changed` when a file shrank, and the abort
   * reason when the signal fires.
   */
  *scan(signal?: AbortSignal): Steps<Scan | undefined> {
    const left = this.#left;
    const right = this.#right;
    const common = Math.min(left.size, right.size);
    const parts = new EqualParts(common);
    let equal = left.size === right.size;
    for (let offset = 0; offset < common; offset += SLOT_BYTES) {
      const length = Math.min(SLOT_BYTES, common - offset);
      const slot = yield* this.#freeSlot(signal);
      if (slot === undefined) return undefined;
      const leftBytes = slot.subarray(0, length);
      left.readInto(offset, leftBytes);
      const rightBytes = right.read(offset, length);
      if (sameBytes(leftBytes, rightBytes)) {
        this.#ring.publish(length, SLOT_OF.both);
        continue;
      }
      equal = false;
      parts.compare(offset, leftBytes, rightBytes);
      this.#ring.publish(length, SLOT_OF.left);
      const other = yield* this.#freeSlot(signal);
      if (other === undefined) return undefined;
      other.set(rightBytes);
      this.#ring.publish(length, SLOT_OF.right);
    }
    yield* this.#hashRest(left, common, SLOT_OF.left, signal);
    yield* this.#hashRest(right, common, SLOT_OF.right, signal);
    this.#ring.end();
    const answered = yield* waitFor(this.#ring, () => this.#ring.answered, {
      signal,
    });
    if (!answered) return undefined;
    const [leftSha256 = "", rightSha256 = ""] = [0, 1].map((side) =>
      new Uint8Array(this.#digests, side * DIGEST_BYTES, DIGEST_BYTES).toHex()
    );
    return { equal, leftSha256, rightSha256, parts };
  }

  /** Hands over what one file has behind the end of the other. */
  *#hashRest(
    reader: FileReader,
    start: number,
    tag: number,
    signal: AbortSignal | undefined,
  ): Steps<void> {
    for (let offset = start; offset < reader.size; offset += SLOT_BYTES) {
      const length = Math.min(SLOT_BYTES, reader.size - offset);
      const slot = yield* this.#freeSlot(signal);
      if (slot === undefined) return;
      reader.readInto(offset, slot.subarray(0, length));
      this.#ring.publish(length, tag);
    }
  }

  /** The next slot when there is one; undefined when the worker failed. */
  *#freeSlot(
    signal: AbortSignal | undefined,
  ): Steps<Uint8Array<SharedArrayBuffer> | undefined> {
    yield;
    const ring = this.#ring;
    const free = yield* waitFor(ring, () => ring.slot() !== undefined, {
      signal,
    });
    return free ? ring.slot() : undefined;
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}
