/**
 * Readers that serve the same bytes in other ways: through a small window at
 * odd places in memory, with each view spoiled by the next read, and counting.
 *
 * @module
 */

import { assertRange, type Reader } from "../../verify/reader.ts";

/**
 * Serves each read from a buffer of its own place in memory, and overwrites
 * what it served before: a view is valid until the next call, not longer.
 */
export class SpoilingReader implements Reader {
  readonly size: number;
  readonly #bytes: Uint8Array;
  #served = new Uint8Array();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    this.#served.fill(0xa5);
    // An odd place, so that nothing may count on alignment.
    this.#served = new Uint8Array(length + 9).subarray(5, 5 + length);
    this.#served.set(this.#bytes.subarray(offset, offset + length));
    return this.#served;
  }
}

/** Serves reads from a window that is read anew when one leaves it. */
export class WindowReader implements Reader {
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #windowBytes: number;
  #window = new Uint8Array();
  #start = 0;

  constructor(bytes: Uint8Array, windowBytes: number) {
    this.#bytes = bytes;
    this.#windowBytes = windowBytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    const inside = offset >= this.#start &&
      offset + length <= this.#start + this.#window.length;
    if (!inside) {
      const end = offset + Math.max(length, this.#windowBytes);
      this.#window.fill(0x5a);
      this.#window = this.#bytes.slice(offset, end);
      this.#start = offset;
    }
    const from = offset - this.#start;
    return this.#window.subarray(from, from + length);
  }
}

/** Counts reads and bytes, and refuses to go on past a bound. */
export class CountingReader implements Reader {
  readonly size: number;
  reads = 0;
  bytesRead = 0;
  readonly #bytes: Uint8Array;
  readonly #bound: { readonly reads: number; readonly bytes: number };

  constructor(
    bytes: Uint8Array,
    bound: { readonly reads: number; readonly bytes: number },
  ) {
    this.#bytes = bytes;
    this.#bound = bound;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    this.reads++;
    this.bytesRead += length;
    if (this.reads > this.#bound.reads || this.bytesRead > this.#bound.bytes) {
      throw new Error(`${this.reads} reads of ${this.bytesRead} bytes`);
    }
    return this.#bytes.subarray(offset, offset + length);
  }
}
