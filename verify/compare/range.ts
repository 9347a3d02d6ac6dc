/**
 * How two ranges of bytes differ: where the difference starts, how long it is
 * on each side, how many bytes it has, and how many equal bytes behind it only
 * moved. Ranges of one length are held against each other byte for byte; in
 * ranges of two lengths the common start and the common end are set aside, and
 * what is equal in between is found again wherever it moved. So it is in a range
 * of one length of which so much differs that padding may have taken up what
 * moved.
 *
 * @module
 */

import type { AlignBudget } from "./align_budget.ts";
import { alignPieces } from "./align_large.ts";
import { type Gap, gapsBetween } from "./gaps.ts";
import { isSequential } from "../format/source.ts";
import type { Reader } from "../reader.ts";
import { finishSteps, type Steps } from "../steps.ts";
import { type EqualParts, sameBytes } from "./equal_parts.ts";

const CHUNK_BYTES = 64 << 10;
/** A part for every 32 bytes of a range of 1 MiB. */
const PARTS_MAX = 32_768;
/** Backward reads are as long as the window of a file reader. */
const BACKWARD_BYTES = 1 << 20;
/** In ranges of one length, bytes and their share that may have moved. */
const SHIFTED_BYTES_MIN = 64;
const SHIFTED_PART = 6;

/** A range of a file. */
export interface Range {
  readonly reader: Reader;
  readonly offset: number;
  readonly length: number;
}

/** How two ranges differ; offsets count from the start of the ranges. */
export interface RangeDifference {
  /** First byte that differs. */
  readonly start: number;
  /** Bytes from there to the last that differs, on each side. */
  readonly leftLength: number;
  readonly rightLength: number;
  /** Bytes that differ, on the longer side. */
  readonly bytes: number;
  /**
   * In ranges of one length, bytes that differ from what stands at the same
   * place: what a tolerance is held against, whatever moved.
   */
  readonly unequal?: number;
  /** Equal bytes behind the difference that lie at another place. */
  readonly moved: number;
  /** Where equal parts were paired, what differs besides. */
  readonly gaps?: readonly Gap[];
}

/** What is known and what may be spent when two ranges are compared. */
export interface RangeContext {
  /**
   * Parts known to be equal at the same offset, when both readers are the ones
   * that were scanned.
   */
  readonly parts?: EqualParts | undefined;
  /** Bytes that may be aligned; without bound if not given. */
  readonly aligning?: AlignBudget | undefined;
}

/**
 * Compares two ranges.
 *
 * @returns Undefined when the ranges are equal.
 */
export function* compareRangesSteps(
  left: Range,
  right: Range,
  { parts, aligning }: RangeContext = {},
): Steps<RangeDifference | undefined> {
  return left.length === right.length
    ? yield* sameLength(left, right, { parts, aligning })
    : yield* otherLength(left, right, aligning);
}

/** {@linkcode compareRangesSteps} at once, where nothing waits. */
export function compareRanges(
  left: Range,
  right: Range,
  context?: RangeContext,
): RangeDifference | undefined {
  return finishSteps(compareRangesSteps(left, right, context));
}

/** Whether two ranges of one length hold the same bytes. */
export function areRangesEqual(left: Range, right: Range): boolean {
  for (let at = 0; at < left.length; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, left.length - at);
    const ours = left.reader.read(left.offset + at, length);
    const theirs = right.reader.read(right.offset + at, length);
    if (!sameBytes(ours, theirs)) return false;
  }
  return true;
}

function* sameLength(
  left: Range,
  right: Range,
  { parts, aligning }: RangeContext,
): Steps<RangeDifference | undefined> {
  const inPlace = parts !== undefined && left.offset === right.offset;
  if (inPlace && parts.covers(left.offset, left.length)) return undefined;
  let first = -1;
  let last = -1;
  let bytes = 0;
  for (let at = 0; at < left.length; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, left.length - at);
    if (inPlace && parts.covers(left.offset + at, length)) continue;
    yield;
    const leftBytes = left.reader.read(left.offset + at, length);
    const rightBytes = right.reader.read(right.offset + at, length);
    if (sameBytes(leftBytes, rightBytes)) continue;
    for (let index = 0; index < length; index++) {
      if (leftBytes[index] === rightBytes[index]) continue;
      if (first === -1) first = at + index;
      last = at + index;
      bytes++;
    }
  }
  if (first === -1) return undefined;
  const length = last - first + 1;
  const whole = {
    start: first,
    leftLength: length,
    rightLength: length,
    bytes,
    moved: 0,
  };
  if (bytes < SHIFTED_BYTES_MIN || bytes * SHIFTED_PART < length) return whole;
  yield;
  const aligned = alignedBetween(left, right, { whole, aligning });
  // Paired parts say something where they leave much less.
  return aligned !== undefined && aligned.bytes * 2 < bytes
    ? { ...aligned, unequal: bytes }
    : whole;
}

function* otherLength(
  left: Range,
  right: Range,
  aligning: AlignBudget | undefined,
): Steps<RangeDifference> {
  const shorter = Math.min(left.length, right.length);
  const start = yield* commonStart(left, right, shorter);
  const end = isSequential(left.reader) || isSequential(right.reader)
    ? 0
    : yield* commonEnd(left, right, shorter - start);
  const leftLength = left.length - start - end;
  const rightLength = right.length - start - end;
  const whole = {
    start,
    leftLength,
    rightLength,
    bytes: Math.max(leftLength, rightLength),
    moved: end,
  };
  yield;
  return alignedBetween(left, right, { whole, aligning }) ?? whole;
}

/** What differs once equal parts are paired; undefined for long stretches. */
function alignedBetween(
  left: Range,
  right: Range,
  { whole, aligning }: {
    readonly whole: RangeDifference;
    readonly aligning: AlignBudget | undefined;
  },
): RangeDifference | undefined {
  const { start, leftLength, rightLength } = whole;
  if (isSequential(left.reader) || isSequential(right.reader)) return undefined;
  const parts = alignPieces(
    { reader: left.reader, offset: left.offset + start, length: leftLength },
    { reader: right.reader, offset: right.offset + start, length: rightLength },
    aligning,
  );
  // So many small pieces explain nothing, and cost much.
  if (parts === undefined || parts.length > PARTS_MAX) return undefined;
  const gaps = gapsBetween(parts, leftLength, rightLength).map((gap) => ({
    ...gap,
    leftStart: gap.leftStart + start,
    rightStart: gap.rightStart + start,
  }));
  const shifted = parts.filter((part) => part.left !== part.right);
  return {
    ...whole,
    bytes: gaps.reduce(
      (sum, gap) => sum + Math.max(gap.leftLength, gap.rightLength),
      0,
    ),
    moved: whole.moved +
      shifted.reduce((sum, { length }) => sum + length, 0),
    gaps,
  };
}

function* commonStart(
  left: Range,
  right: Range,
  most: number,
): Steps<number> {
  for (let at = 0; at < most; at += CHUNK_BYTES) {
    yield;
    const length = Math.min(CHUNK_BYTES, most - at);
    const leftBytes = left.reader.read(left.offset + at, length);
    const rightBytes = right.reader.read(right.offset + at, length);
    if (sameBytes(leftBytes, rightBytes)) continue;
    for (let index = 0; index < length; index++) {
      if (leftBytes[index] !== rightBytes[index]) return at + index;
    }
  }
  return most;
}

function* commonEnd(left: Range, right: Range, most: number): Steps<number> {
  for (let at = 0; at < most; at += BACKWARD_BYTES) {
    yield;
    const length = Math.min(BACKWARD_BYTES, most - at);
    const leftBytes = left.reader.read(
      left.offset + left.length - at - length,
      length,
    );
    const rightBytes = right.reader.read(
      right.offset + right.length - at - length,
      length,
    );
    if (sameBytes(leftBytes, rightBytes)) continue;
    for (let index = 0; index < length; index++) {
      const from = length - 1 - index;
      if (leftBytes[from] !== rightBytes[from]) return at + index;
    }
  }
  return most;
}
