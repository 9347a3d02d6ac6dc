/**
 * Two sources side by side, read forward once.
 *
 * @module
 */

import {
  type ByteSource,
  type DecodedSource,
  SOURCE_READ_MAX,
} from "../format/source.ts";
import { sameBytes } from "./equal_parts.ts";
import type { Steps } from "../steps.ts";

const CHUNK_BYTES = 256 << 10;

/** Whether two ranges hold the same bytes, and where they first differ. */
export interface LockstepResult {
  readonly equal: boolean;
  /** Bytes from the start of the ranges; their length when equal. */
  readonly start: number;
  /** Bytes that the sources had, up to the length asked for. */
  readonly leftLength: number;
  readonly rightLength: number;
}

/** A range of a source; without a length, all of the rest. */
export interface SourceRange {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length?: number;
}

/**
 * Compares two ranges in lockstep and reads both to their end.
 *
 * @throws The abort reason when the signal fires.
 */
export function* lockstep(
  left: SourceRange,
  right: SourceRange,
  signal?: AbortSignal,
): Steps<LockstepResult> {
  let start = -1;
  let leftAt = 0;
  let rightAt = 0;
  while (true) {
    signal?.throwIfAborted();
    yield;
    const leftBytes = nextPiece(left, leftAt);
    const rightBytes = nextPiece(right, rightAt);
    if (start === -1 && !sameBytes(leftBytes, rightBytes)) {
      start = leftAt + firstDifference(leftBytes, rightBytes);
    }
    leftAt += leftBytes.length;
    rightAt += rightBytes.length;
    if (leftBytes.length === 0 && rightBytes.length === 0) break;
  }
  return {
    equal: start === -1,
    start: start === -1 ? leftAt : start,
    leftLength: leftAt,
    rightLength: rightAt,
  };
}

function nextPiece(range: SourceRange, at: number): Uint8Array {
  const left = (range.length ?? Infinity) - at;
  return range.source.readAt(
    range.offset + at,
    Math.max(0, Math.min(CHUNK_BYTES, left)),
  );
}

function firstDifference(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) if (left[at] !== right[at]) return at;
  return length;
}

/** Reads a source to its end and returns its size. */
export function* drain(
  source: DecodedSource,
  signal?: AbortSignal,
): Steps<number> {
  let at = source.position;
  while (source.size === undefined) {
    signal?.throwIfAborted();
    yield;
    at += source.readAt(at, SOURCE_READ_MAX).length;
  }
  return source.size;
}
