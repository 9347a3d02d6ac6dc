/**
 * The single places of a field that differ. In fields of one length these are
 * runs of unequal bytes, joined when only a few equal bytes lie between. In
 * fields of two lengths that hold strings, the strings are paired in order, so
 * that one longer string does not hide the others.
 *
 * Where sections of an ELF file moved, the places that only follow from that
 * are counted apart, and a section of another length is aligned by content.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import { type AlignedSection, type ElfMoves, elfMoves } from "./elf_moves.ts";
import { sortPlaces } from "./followers.ts";
import { leftovers } from "./leftovers.ts";
import type { RangeDifference } from "./range.ts";

const RUNS_MAX = 8;
/** Of a section that was aligned there are more to choose from. */
const ALIGNED_RUNS_MAX = 64;
const JOIN_BYTES = 16;
const SCAN_BYTES_MAX = 4 << 20;

/** A place that differs; offsets count from the start of the field. */
export interface Run {
  readonly leftStart: number;
  readonly leftLength: number;
  readonly rightStart: number;
  readonly rightLength: number;
}

/** The places of a field that differ. */
export interface Places {
  /** The first that differ by themselves; empty when they are not told apart. */
  readonly runs: Run[];
  /** How many only follow from what moved. */
  readonly followers: number;
  /** Where the field was aligned: bytes that are new, and that only moved. */
  readonly bytes?: number;
  readonly moved?: number;
}

/** The first places that differ. */
export function placesOf(
  left: FieldSide,
  right: FieldSide,
  range: RangeDifference,
): Places {
  const { leftLength, rightLength } = range;
  const none = { runs: [], followers: 0 };
  if (Math.max(leftLength, rightLength) > SCAN_BYTES_MAX) return none;
  const moves = elfMoves(left, right);
  return (moves && movedPlaces(left, right, { range, moves })) ??
    { runs: runsOf(left, right, range), followers: 0 };
}

function movedPlaces(
  left: FieldSide,
  right: FieldSide,
  { range, moves }: { range: RangeDifference; moves: ElfMoves },
): Places | undefined {
  if (left.field.length === right.field.length) {
    const { start, leftLength: length } = range;
    const sorted = stretch(left, right, {
      moves,
      left: start,
      right: start,
      length,
    });
    return sorted && { ...sorted, runs: sorted.runs.slice(0, RUNS_MAX) };
  }
  const section = moves.alignedAt(left.field.offset);
  if (
    section === undefined || section.left.size !== left.field.length ||
    section.right.size !== right.field.length
  ) return undefined;
  return alignedPlaces(left, right, { section, moves });
}

/** What stands between the equal blocks of a section. */
function alignedPlaces(
  left: FieldSide,
  right: FieldSide,
  { section, moves }: { section: AlignedSection; moves: ElfMoves },
): Places | undefined {
  const sizes = { left: left.field.length, right: right.field.length };
  const runs: Run[] = [];
  let followers = 0;
  for (const piece of leftovers(section.blocks, sizes)) {
    if (piece.leftLength !== piece.rightLength) {
      runs.push({
        leftStart: piece.left,
        leftLength: piece.leftLength,
        rightStart: piece.right,
        rightLength: piece.rightLength,
      });
      continue;
    }
    const sorted = stretch(left, right, {
      moves,
      left: piece.left,
      right: piece.right,
      length: piece.leftLength,
    });
    if (sorted === undefined) return undefined;
    followers += sorted.followers;
    runs.push(...sorted.runs);
  }
  let [equal, moved] = [0, 0];
  for (const block of section.blocks) {
    equal += block.length;
    if (block.left !== block.right) moved += block.length;
  }
  return {
    runs: runs.slice(0, ALIGNED_RUNS_MAX),
    followers,
    bytes: Math.max(sizes.left, sizes.right) - equal,
    moved,
  };
}

/** Sorts places of one length on both sides. */
function stretch(
  left: FieldSide,
  right: FieldSide,
  at: { moves: ElfMoves; left: number; right: number; length: number },
): Places | undefined {
  const [leftOffset, rightOffset] = [
    left.field.offset + at.left,
    right.field.offset + at.right,
  ];
  // A word that begins before the first byte that differs is read whole.
  const before = Math.min(7, at.left, at.right);
  const behind = Math.min(
    7,
    left.field.length - at.left - at.length,
    right.field.length - at.right - at.length,
  );
  const read = ({ reader }: FieldSide, offset: number) =>
    reader.read(offset - before, before + at.length + behind).slice();
  const sorted = sortPlaces({
    left: read(left, leftOffset),
    right: read(right, rightOffset),
    leftOffset: leftOffset - before,
    rightOffset: rightOffset - before,
  }, at.moves);
  return sorted && {
    followers: sorted.followers,
    runs: sorted.roots.map(({ start, length }) => ({
      leftStart: at.left + start - before,
      leftLength: length,
      rightStart: at.right + start - before,
      rightLength: length,
    })),
  };
}

function runsOf(
  left: FieldSide,
  right: FieldSide,
  { start, leftLength, rightLength, ...range }: RangeDifference,
): Run[] {
  const leftBytes = left.reader.read(left.field.offset + start, leftLength)
    .slice();
  const rightBytes = right.reader.read(right.field.offset + start, rightLength);
  if (left.field.length === right.field.length) {
    return byteRuns(leftBytes, rightBytes, start);
  }
  return stringRuns(left, right, { ...range, start, leftLength, rightLength });
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
