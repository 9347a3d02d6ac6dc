/**
 * End of a constant expression (WebAssembly Core 3.0, section 3.3.15): only
 * the instructions allowed there are known, and anything else has no end here.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

const END = 0x0b;
const NUMBERS = new Set([
  0x23, // global.get
  0x41, // i32.const
  0x42, // i64.const
  0xd0, // ref.null
  0xd2, // ref.func
]);
const FLOATS = new Map([[0x43, 4], [0x44, 8]]);
/** Additions, subtractions and multiplications of both integer types. */
const ARITHMETIC = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);
const INSTRUCTIONS_MAX = 64;
const NUMBER_BYTES_MAX = 10;

/** Offset after the expression at `start`, or undefined. */
export function skipConstantExpression(
  reader: Reader,
  start: number,
  end: number,
): number | undefined {
  let at = start;
  for (let count = 0; count < INSTRUCTIONS_MAX; count++) {
    if (at >= end) return undefined;
    const opcode = reader.read(at, 1)[0] as number;
    at++;
    if (opcode === END) return at;
    if (NUMBERS.has(opcode)) {
      const next = skipNumber(reader, at, end);
      if (next === undefined) return undefined;
      at = next;
    } else if (!ARITHMETIC.has(opcode)) {
      const bytes = FLOATS.get(opcode);
      if (bytes === undefined) return undefined;
      at += bytes;
    }
  }
  return undefined;
}

/** Offset after a signed or unsigned LEB128 number of up to 64 bits. */
function skipNumber(
  reader: Reader,
  start: number,
  end: number,
): number | undefined {
  for (let at = start; at < Math.min(end, start + NUMBER_BYTES_MAX); at++) {
    if ((reader.read(at, 1)[0] as number) < 0x80) return at + 1;
  }
  return undefined;
}
