/**
 * Alignment of pieces that are too long to look at every few bytes: by blocks
 * that stand once on the left and are found again on the right, and between
 * those as closely as short pieces are. Only where a few samples say that most
 * of the left piece is in the right one: two programs are not aligned.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { AlignBudget } from "./align_budget.ts";
import {
  alignBytes,
  ALIGNED_BYTES_MAX,
  type AlignedPart,
  eitherWay,
} from "./align.ts";

/** Longest piece, in bytes. */
const LARGE_BYTES_MAX = 16 << 20;
const READ_BYTES = 1 << 20;
const BLOCK_BYTES = 64;
const FACTOR = 0x01000193;
/** FACTOR to the power of BLOCK_BYTES - 1, modulo 2^32. */
const TOP = (() => {
  let power = 1;
  for (let count = 1; count < BLOCK_BYTES; count++) {
    power = Math.imul(power, FACTOR);
  }
  return power;
})();
/** Samples that are looked for, and the share that must be found. */
const SAMPLES = 16;
const SAMPLES_SHARE = 0.75;
/** What a block is first looked for by; a block holds one in each stride. */
const WINDOW_BYTES = 16;
const STRIDE_BYTES = BLOCK_BYTES - WINDOW_BYTES;
/** Windows that are alike and tried; more of them tell no places apart. */
const ALIKE_MAX = 8;
/** Bytes between blocks that are aligned closely, in all. */
const CLOSE_BYTES_MAX = 1 << 20;

/**
 * The equal parts of two pieces of any length that is aligned; undefined for
 * longer ones, for two programs and where the budget does not suffice.
 */
export function alignPieces(
  left: Piece,
  right: Piece,
  budget?: AlignBudget,
): AlignedPart[] | undefined {
  const longer = Math.max(left.length, right.length);
  if (longer > LARGE_BYTES_MAX) return undefined;
  if (budget?.take(left.length + right.length) === false) return undefined;
  const ours = bytesOf(left);
  const theirs = bytesOf(right);
  if (longer <= ALIGNED_BYTES_MAX) return alignBytes(ours, theirs);
  const parts = eitherWay(ours, theirs, alignLarge);
  return parts.length === 0 ? undefined : parts;
}

/** A range of a file. */
interface Piece {
  readonly reader: Reader;
  readonly offset: number;
  readonly length: number;
}

function bytesOf({ reader, offset, length }: Piece): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += READ_BYTES) {
    bytes.set(reader.read(offset + at, Math.min(READ_BYTES, length - at)), at);
  }
  return bytes;
}

/** The equal parts in the order of the right side; none for two programs. */
export function alignLarge(left: Uint8Array, right: Uint8Array): AlignedPart[] {
  if (!isMostlyIn(left, right)) return [];
  const parts = alignBlocks(left, right);
  const found: AlignedPart[] = [];
  let close = CLOSE_BYTES_MAX;
  let [ours, theirs] = [0, 0];
  const end = { left: left.length, right: right.length, length: 0 };
  for (const part of [...parts, end]) {
    const longer = Math.max(part.left - ours, part.right - theirs);
    if (longer > 0 && longer <= Math.min(close, ALIGNED_BYTES_MAX)) {
      close -= longer;
      const inner = alignBytes(
        left.subarray(ours, part.left),
        right.subarray(theirs, part.right),
      );
      for (const { left, right, length } of inner) {
        found.push({ left: left + ours, right: right + theirs, length });
      }
    }
    if (part.length > 0) found.push(part);
    [ours, theirs] = [part.left + part.length, part.right + part.length];
  }
  return found;
}

/**
 * Whether most samples of the left piece are found in the right one. A block
 * that stands anywhere in the right piece has one of its windows at a multiple
 * of the stride, so no other places are looked at.
 */
function isMostlyIn(left: Uint8Array, right: Uint8Array): boolean {
  // Samples of a short piece would be parts of each other.
  const count = Math.min(SAMPLES, Math.floor(left.length / BLOCK_BYTES));
  if (count === 0 || right.length < BLOCK_BYTES) return false;
  // Samples that are alike count once, found or not.
  const samples = new Map<number, number>();
  for (let sample = 1; sample <= count; sample++) {
    const at = Math.floor((left.length - BLOCK_BYTES) * sample / count);
    samples.set(hashAt(left, at), at);
  }
  const enough = samples.size - Math.ceil(samples.size * SAMPLES_SHARE);
  const ours = viewOf(left);
  const windows = new Map<number, { place: number; shift: number }[]>();
  for (const place of samples.values()) {
    for (let shift = 0; shift < STRIDE_BYTES; shift++) {
      const key = windowAt(ours, place + shift);
      const alike = windows.get(key);
      if (alike === undefined) windows.set(key, [{ place, shift }]);
      else if (alike.length < ALIKE_MAX) alike.push({ place, shift });
    }
  }
  const missing = new Set(samples.values());
  const theirs = viewOf(right);
  for (let at = 0; at + WINDOW_BYTES <= right.length; at += STRIDE_BYTES) {
    for (const { place, shift } of windows.get(windowAt(theirs, at)) ?? []) {
      const start = at - shift;
      if (start < 0 || start + BLOCK_BYTES > right.length) continue;
      if (!missing.has(place) || !isEqual(left, place, right, start)) continue;
      missing.delete(place);
      if (missing.size <= enough) return true;
    }
  }
  return false;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** A hash of the window at a place, four words of it. */
function windowAt(view: DataView, at: number): number {
  let hash = 0;
  for (let word = 0; word < WINDOW_BYTES; word += 4) {
    hash = Math.imul(hash ^ view.getUint32(at + word), FACTOR);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** Parts in one order on both sides, each from a block that stands once. */
function alignBlocks(left: Uint8Array, right: Uint8Array): AlignedPart[] {
  const places = new Map<number, number>();
  for (let at = 0; at + BLOCK_BYTES <= left.length; at += BLOCK_BYTES) {
    const hash = hashAt(left, at);
    places.set(hash, places.has(hash) ? -1 : at);
  }
  const parts: AlignedPart[] = [];
  let [ours, theirs] = [0, 0];
  let hash: number | undefined;
  for (let at = 0; at + BLOCK_BYTES <= right.length;) {
    hash ??= hashAt(right, at);
    const place = places.get(hash) ?? -1;
    if (place >= ours && isEqual(left, place, right, at)) {
      let before = 0;
      while (
        place - before > ours && at - before > theirs &&
        left[place - before - 1] === right[at - before - 1]
      ) before++;
      let length = before + BLOCK_BYTES;
      const from = { left: place - before, right: at - before };
      while (
        from.left + length < left.length &&
        from.right + length < right.length &&
        left[from.left + length] === right[from.right + length]
      ) length++;
      parts.push({ ...from, length });
      [ours, theirs] = [from.left + length, from.right + length];
      at = theirs;
      hash = undefined;
      continue;
    }
    hash = roll(hash, right, at);
    at++;
  }
  return parts;
}

function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let index = 0; index < BLOCK_BYTES; index++) {
    hash = Math.imul(hash, FACTOR) + (bytes[at + index] ?? 0) | 0;
  }
  return hash;
}

/** The hash of the block one byte behind the one at a place. */
function roll(hash: number, bytes: Uint8Array, at: number): number {
  return Math.imul(hash - Math.imul(bytes[at] ?? 0, TOP) | 0, FACTOR) +
      (bytes[at + BLOCK_BYTES] ?? 0) | 0;
}

function isEqual(
  left: Uint8Array,
  ours: number,
  right: Uint8Array,
  theirs: number,
): boolean {
  for (let index = 0; index < BLOCK_BYTES; index++) {
    if (left[ours + index] !== right[theirs + index]) return false;
  }
  return true;
}
