/**
 * Little-endian numbers and short strings out of a {@linkcode Reader}, as PE
 * and COFF store them. Every caller asks `has` first: a range that leaves the
 * file throws, and no such throw may reach the caller of a layout.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

/** Reads the little-endian numbers of one file. */
export class PeBytes {
  /** Size of the file in bytes. */
  readonly size: number;
  #reader: Reader;

  /** @param reader The file. */
  constructor(reader: Reader) {
    this.#reader = reader;
    this.size = reader.size;
  }

  /** Whether `[offset, offset + length)` lies inside the file. */
  has(offset: number, length: number): boolean {
    return Number.isSafeInteger(offset) && Number.isSafeInteger(length) &&
      offset >= 0 && length >= 0 && offset + length <= this.size;
  }

  /** The byte at `offset`. */
  u8(offset: number): number {
    return this.#reader.read(offset, 1)[0] ?? 0;
  }

  /** The 16-bit number at `offset`. */
  u16(offset: number): number {
    const bytes = this.#reader.read(offset, 2);
    return (bytes[0] ?? 0) | (bytes[1] ?? 0) << 8;
  }

  /** The unsigned 32-bit number at `offset`. */
  u32(offset: number): number {
    const bytes = this.#reader.read(offset, 4);
    return ((bytes[0] ?? 0) | (bytes[1] ?? 0) << 8 | (bytes[2] ?? 0) << 16 |
      (bytes[3] ?? 0) << 24) >>> 0;
  }

  /** A copy of the bytes of a range. */
  copy(offset: number, length: number): Uint8Array {
    return this.#reader.read(offset, length).slice();
  }

  /**
   * The bytes from `offset` up to the first NUL as Latin-1 text, or null when
   * there is none within `lengthMax` bytes.
   */
  text(offset: number, lengthMax: number): string | null {
    if (!this.has(offset, 0)) return null;
    const length = Math.min(lengthMax, this.size - offset);
    const bytes = this.#reader.read(offset, length);
    const end = bytes.indexOf(0);
    return end < 0 ? null : String.fromCharCode(...bytes.subarray(0, end));
  }
}

/** Rounds `value` up to a multiple of `alignment`, a power of two. */
export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** Whether text is not empty and all of it printable ASCII. */
export function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}
