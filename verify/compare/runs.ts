/**
 * The single places of a field that differ. In fields of one length these are
 * runs of unequal bytes, joined when only a few equal bytes lie between. In
 * fields of two lengths that hold strings, the strings are paired in order, so
 * that one longer string does not hide the others.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import type { RangeDifference } from "./range.ts";

const RUNS_MAX = 8;
const JOIN_BYTES = 16;
const SCAN_BYTES_MAX = 4 << 20;

/** A place that differs; offsets count from the start of the field. */
export interface Run {
  readonly leftStart: number;
  readonly leftLength: number;
  readonly rightStart: number;
  readonly rightLength: number;
}

/** The first places that differ; empty when they cannot be told apart. */
export function runsOf(
  left: FieldSide,
  right: FieldSide,
  range: RangeDifference,
): Run[] {
  const { start, leftLength, rightLength } = range;
  if (Math.max(leftLength, rightLength) > SCAN_BYTES_MAX) return [];
  const leftBytes = left.reader.read(left.field.offset + start, leftLength)
    .slice();
  const rightBytes = right.reader.read(right.field.offset + start, rightLength);
  if (left.field.length === right.field.length) {
    return byteRuns(leftBytes, rightBytes, start);
  }
  return stringRuns(left, right, range);
}

function byteRuns(left: Uint8Array, right: Uint8Array, start: number): Run[] {
  const runs: Run[] = [];
  let from = -1;
  let last = -1;
  const close = () => {
    const length = last - from + 1;
    runs.push({
      leftStart: start + from,
      leftLength: length,
      rightStart: start + from,
      rightLength: length,
    });
  };
  for (let at = 0; at < left.length && runs.length < RUNS_MAX; at++) {
    if (left[at] === right[at]) continue;
    if (from !== -1 && at - last > JOIN_BYTES) {
      close();
      from = at;
    }
    if (from === -1) from = at;
    last = at;
  }
  if (from !== -1 && runs.length < RUNS_MAX) close();
  return runs;
}

interface Text {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Pairs the strings of both sides in order, if there are as many on each. */
function stringRuns(
  left: FieldSide,
  right: FieldSide,
  range: RangeDifference,
): Run[] {
  const leftTexts = texts(left, range.start, range.leftLength);
  const rightTexts = texts(right, range.start, range.rightLength);
  if (countOf(leftTexts) !== countOf(rightTexts)) return [];
  const runs: Run[] = [];
  const others = strings(rightTexts);
  for (const text of strings(leftTexts)) {
    const other = others.next().value;
    if (other === undefined || runs.length >= RUNS_MAX) break;
    const shorter = Math.min(text.bytes.length, other.bytes.length);
    let first = 0;
    while (first < shorter && text.bytes[first] === other.bytes[first]) first++;
    if (first === shorter && text.bytes.length === other.bytes.length) continue;
    runs.push({
      leftStart: text.start + first,
      leftLength: text.bytes.length - first,
      rightStart: other.start + first,
      rightLength: other.bytes.length - first,
    });
  }
  return runs;
}

/** The bytes of the strings that a range touches, whole; NULs end them. */
function texts(
  { reader, field }: FieldSide,
  start: number,
  length: number,
): Text {
  const from = Math.max(0, start - 512);
  const to = Math.min(field.length, start + length + 512);
  const bytes = reader.read(field.offset + from, to - from).slice();
  let first = start - from;
  while (first > 0 && bytes[first - 1] !== 0) first--;
  let last = Math.min(start + length - from, bytes.length);
  while (last < bytes.length && bytes[last] !== 0) last++;
  return { start: from + first, bytes: bytes.subarray(first, last) };
}

/** How many strings there are, without making any of them. */
function countOf({ bytes }: Text): number {
  let count = 0;
  let before = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0 && before === 0) count++;
    before = byte;
  }
  return count;
}

/** The strings in order. */
function* strings({ start, bytes }: Text): Generator<Text, undefined> {
  for (let at = 0; at < bytes.length;) {
    const nul = bytes.indexOf(0, at);
    const end = nul === -1 ? bytes.length : nul;
    if (end > at) yield { start: start + at, bytes: bytes.subarray(at, end) };
    at = end + 1;
  }
  return undefined;
}
