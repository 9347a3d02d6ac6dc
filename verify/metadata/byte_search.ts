/**
 * Search for a few bytes in many: the algorithm of Horspool (R. N. Horspool,
 * "Practical fast searching in strings", 1980), which looks at one byte in as
 * many as the needle is long. `Buffer.indexOf` is several times slower here.
 *
 * @module
 */

/** A needle prepared for searching. */
export class ByteSearch {
  /** Bytes of the needle. */
  readonly length: number;
  readonly #needle: Uint8Array;
  /** How far to move on by the byte that stands under the needle's last. */
  readonly #shifts: Int32Array;

  /** @param needle At least one byte. */
  constructor(needle: Uint8Array) {
    this.#needle = needle;
    this.length = needle.length;
    this.#shifts = new Int32Array(256).fill(needle.length);
    for (let index = 0; index < needle.length - 1; index++) {
      this.#shifts[needle[index] as number] = needle.length - 1 - index;
    }
  }

  /** First place at or after `from` where the needle stands, or -1. */
  next(bytes: Uint8Array, from: number): number {
    const needle = this.#needle;
    const shifts = this.#shifts;
    const last = needle.length - 1;
    const final = needle[last];
    for (let at = from + last; at < bytes.length;) {
      const byte = bytes[at] as number;
      if (byte === final && this.#standsAt(bytes, at - last)) return at - last;
      at += shifts[byte] as number;
    }
    return -1;
  }

  /** Last place in `[from, to)` where the whole needle stands, or -1. */
  last(bytes: Uint8Array, from: number, to: number): number {
    for (let at = to - this.length; at >= from; at--) {
      if (this.#standsAt(bytes, at)) return at;
    }
    return -1;
  }

  #standsAt(bytes: Uint8Array, at: number): boolean {
    const needle = this.#needle;
    for (let index = 0; index < needle.length; index++) {
      if (bytes[at + index] !== needle[index]) return false;
    }
    return true;
  }
}
