/**
 * Zeros that became more or fewer because of what moved: padding up to an
 * alignment, in a field of its own or behind a text that became longer.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import type { Run } from "./runs.ts";

const FIELD_BYTES_MAX = 64 << 10;
/** Longest padding between two parts of a section. */
const RUN_BYTES_MAX = 64;

/** Whether two fields are padding by their label, and hold nothing but zeros. */
export function isPaddingPair(left: FieldSide, right: FieldSide): boolean {
  return [left, right].every((side) =>
    /(?:\/slack|\/padding|\+gap)(?:#\d+)?$/.test(side.field.path) &&
    isZero(side, 0, side.field.length, FIELD_BYTES_MAX)
  );
}

/** Whether a place holds nothing but zeros on both sides. */
export function isPaddingRun(
  left: FieldSide,
  right: FieldSide,
  run: Run,
): boolean {
  return isZero(left, run.leftStart, run.leftLength, RUN_BYTES_MAX) &&
    isZero(right, run.rightStart, run.rightLength, RUN_BYTES_MAX);
}

function isZero(
  { reader, field }: FieldSide,
  start: number,
  length: number,
  most: number,
): boolean {
  if (length > most || start + length > field.length) return false;
  return reader.read(field.offset + start, length).every((byte) => byte === 0);
}
