/**
 * The windows of a piece of bytes at every stride, by a rolling hash that walks
 * over another piece and asks for them.
 *
 * @module
 */

/** Bytes of a window. */
export const WINDOW_BYTES = 12;
/** Bytes from one window that is entered to the next. */
export const STRIDE_BYTES = 4;
/** Places of one window that are tried. */
const PLACES_MAX = 64;
const FACTOR = 0x01000193;

/** Places of the windows of a piece, by hash, in chains. */
export class Windows {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  constructor(bytes: Uint8Array) {
    const count = Math.max(
      0,
      Math.floor((bytes.length - WINDOW_BYTES) / STRIDE_BYTES) + 1,
    );
    const bits = 32 - Math.clz32(2 * count + 1);
    this.#heads = new Int32Array(1 << bits).fill(-1);
    this.#next = new Int32Array(count);
    // Entered backwards, so that a chain begins with the first place.
    for (let index = count - 1; index >= 0; index--) {
      const at = index * STRIDE_BYTES;
      // A window of one byte value says nothing of its place.
      if (isMonotone(bytes, at)) continue;
      const slot = this.#slot(hashAt(bytes, at));
      this.#next[index] = this.#heads[slot] ?? -1;
      this.#heads[slot] = index;
    }
  }

  *places(hash: number): Generator<number, undefined> {
    let index = this.#heads[this.#slot(hash)] ?? -1;
    for (let tried = 0; index !== -1 && tried < PLACES_MAX; tried++) {
      yield index * STRIDE_BYTES;
      index = this.#next[index] ?? -1;
    }
    return undefined;
  }

  #slot(hash: number): number {
    return (hash ^ hash >>> 15) & (this.#heads.length - 1);
  }
}

/** FACTOR to the power of WINDOW_BYTES - 1, modulo 2^32. */
const TOP = (() => {
  let power = 1;
  for (let count = 1; count < WINDOW_BYTES; count++) {
    power = Math.imul(power, FACTOR);
  }
  return power;
})();

/** The hash of the window at a place. */
export function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let index = 0; index < WINDOW_BYTES; index++) {
    hash = Math.imul(hash, FACTOR) + (bytes[at + index] ?? 0) | 0;
  }
  return hash;
}

/** The hash of the window one byte on. */
export function roll(hash: number, first: number, next: number): number {
  return Math.imul(hash - Math.imul(first, TOP) | 0, FACTOR) + next | 0;
}

function isMonotone(bytes: Uint8Array, at: number): boolean {
  for (let index = 1; index < WINDOW_BYTES; index++) {
    if (bytes[at + index] !== bytes[at]) return false;
  }
  return true;
}
