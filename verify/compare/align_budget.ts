/**
 * How many bytes may be aligned in one comparison. Alignment only explains, so
 * where nothing is left a difference is shown whole, and is none the less one.
 *
 * @module
 */

/** Bytes of both sides that any two files may have aligned. */
const FLOOR = 4 << 20;
/** Bytes aligned for each byte of the files: as fields, and as sections. */
const RATIO = 2;
/** Long pieces are aligned by blocks, in a part of the time. */
const LONG_BYTES = 2 << 20;
const LONG_SHARE = 8;

/** What is left for one comparison. */
export class AlignBudget {
  #left: number;

  /** @param inputBytes Size of the outermost files. */
  constructor(inputBytes: number) {
    this.#left = FLOOR + RATIO * inputBytes;
  }

  /** Whether two pieces of so many bytes may be aligned; takes them if so. */
  take(bytes: number): boolean {
    const cost = Math.min(bytes, LONG_BYTES) +
      Math.max(0, bytes - LONG_BYTES) / LONG_SHARE;
    if (cost > this.#left) return false;
    this.#left -= cost;
    return true;
  }
}
