/**
 * Numbers in WebAssembly code that differ (WebAssembly Core 3.0, sections
 * 5.2.2 "Integers" and 5.4 "Instructions"): two pieces of code are the same
 * but for some numbers when, side by side, each differing byte belongs to a
 * LEB128 number on both sides. What is in front of a number never has its high
 * bit set, as every other byte of the number has, so its start is known without
 * decoding the instructions.
 *
 * @module
 */

const NUMBER_BYTES_MAX = 10;

/** A number and the bytes it takes. */
export interface WasmNumber {
  /** As a signed number. */
  readonly value: number;
  /** As an unsigned one. */
  readonly unsigned: number;
  readonly length: number;
}

/** Reads the LEB128 number at a place of up to 64 bits. */
export function readNumber(
  bytes: Uint8Array,
  at: number,
): WasmNumber | undefined {
  let unsigned = 0;
  for (let index = 0; index < NUMBER_BYTES_MAX; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    unsigned += (byte & 0x7f) * 2 ** (7 * index);
    if (byte >= 0x80) continue;
    const isNegative = (byte & 0x40) !== 0;
    return {
      unsigned,
      value: isNegative ? unsigned - 2 ** (7 * (index + 1)) : unsigned,
      length: index + 1,
    };
  }
  return undefined;
}

/** Whether two pieces of code differ in numbers alone that are accepted. */
export function sameButNumbers(
  left: Uint8Array,
  right: Uint8Array,
  accepts: (left: number, right: number) => boolean,
): boolean {
  let [ours, theirs] = [0, 0];
  while (ours < left.length && theirs < right.length) {
    if (left[ours] === right[theirs]) {
      ours++;
      theirs++;
      continue;
    }
    let back = 0;
    while (back < NUMBER_BYTES_MAX && (left[ours - back - 1] ?? 0) >= 0x80) {
      back++;
    }
    const one = readNumber(left, ours - back);
    const other = readNumber(right, theirs - back);
    if (
      one === undefined || other === undefined ||
      !(accepts(one.value, other.value) ||
        accepts(one.unsigned, other.unsigned))
    ) return false;
    ours += one.length - back;
    theirs += other.length - back;
  }
  return ours === left.length && theirs === right.length;
}
