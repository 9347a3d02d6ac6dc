/**
 * A part of a file that keeps the offsets of the whole, so that findings name
 * places in the file while only the part is at hand.
 *
 * @module
 */

import { assertRange, type Reader } from "../reader.ts";

/** A reader whose first byte lies at an offset of a larger file. */
export class ShiftedReader implements Reader {
  readonly size: number;
  readonly #start: number;
  readonly #part: Reader;

  constructor(part: Reader, start: number) {
    this.#part = part;
    this.#start = start;
    this.size = start + part.size;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    return this.#part.read(offset - this.#start, length);
  }
}
