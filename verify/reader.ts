/**
 * How bytes reach the pure parts: a size and reads at an offset. Formats,
 * normalisers and comparison never open a file themselves, so the same code
 * serves files, memory and entries of archives, and memory stays flat whatever
 * the size.
 *
 * @module
 */

import { ReproofError } from "./error.ts";

/** Random access to the bytes of one artifact. */
export interface Reader {
  /** Size in bytes; fixed for the life of the reader. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes at `offset`. The view is valid until the next
   * call; copy it to keep it.
   *
   * @throws {ReproofError} `read-out-of-range` when the range leaves the file,
   * `file-changed` when the file shrank while it was open.
   */
  read(offset: number, length: number): Uint8Array;
}

/** Throws unless `[offset, offset + length)` lies inside `size` bytes. */
export function assertRange(
  size: number,
  offset: number,
  length: number,
): void {
  if (
    !Number.isSafeInteger(offset) || !Number.isSafeInteger(length) ||
    offset < 0 || length < 0 || offset + length > size
  ) {
    throw new ReproofError("read-out-of-range", "Reading bytes", {
      expected: `a range inside ${size} bytes`,
      observed: `offset ${offset}, length ${length}`,
    });
  }
}

/** A reader over bytes in memory. */
export class MemoryReader implements Reader {
  readonly size: number;
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    return this.#bytes.subarray(offset, offset + length);
  }
}

/** A window of another reader, for a part that is a file of its own. */
export class SliceReader implements Reader {
  readonly size: number;
  #base: Reader;
  #start: number;

  constructor(base: Reader, start: number, size: number) {
    assertRange(base.size, start, size);
    this.#base = base;
    this.#start = start;
    this.size = size;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    return this.#base.read(this.#start + offset, length);
  }
}
