/**
 * Unsigned LEB128 numbers of 32 bits (WebAssembly Core 2.0, section 5.2.2):
 * at most five bytes, of which the last holds at most four value bits. Longer
 * than necessary is allowed and kept as it is: linkers reserve five bytes and
 * fill them in later, so two encodings of one number are two different files.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

/** One decoded number. */
export interface Leb {
  readonly value: number;
  /** Bytes it takes in the file, 1 to 5. */
  readonly length: number;
}

/** Decodes the number at `offset`, or undefined when none ends before `end`. */
export function readLeb(
  reader: Reader,
  offset: number,
  end: number,
): Leb | undefined {
  const available = Math.min(5, end - offset);
  if (available <= 0) return undefined;
  return decodeLeb(reader.read(offset, available), 0);
}

/** Decodes the number at `offset` of `bytes`, or undefined. */
export function decodeLeb(bytes: Uint8Array, offset: number): Leb | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) return undefined;
    if (index === 4 && byte > 0x0f) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, length: index + 1 };
  }
  return undefined;
}

/** Bytes that the shortest encoding of `value` takes. */
export function lebLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    length++;
  }
  return length;
}
