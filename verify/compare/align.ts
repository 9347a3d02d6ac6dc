/**
 * Which parts of two pieces of bytes are the same although they lie at other
 * places, in the same order or in another, so that one longer string is one
 * difference, however much lies behind it, and a text that was only sorted to
 * another place is none.
 *
 * Strings are paired first, then whatever else is equal: a rolling hash walks
 * over the right piece and asks for the windows of the left, in one pass and in
 * time that grows with the sizes (the idea of rsync: Tridgell and Mackerras,
 * 1996). A window that repeats is tried at a few places, and the longest match
 * is taken. The result is for people: nothing is excused by it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  ENDINGS,
  REPEATED,
  STRING_BYTES_MAX,
  Strings,
} from "./align_strings.ts";
import {
  hashAt,
  roll,
  STRIDE_BYTES,
  WINDOW_BYTES,
  Windows,
} from "./align_windows.ts";

/** One part that is equal; offsets count from the start of the ranges. */
export interface AlignedPart {
  readonly left: number;
  readonly right: number;
  readonly length: number;
}

/** Longest range that is aligned, in bytes. */
export const ALIGNED_BYTES_MAX = 1 << 20;
/** One byte in so many must be equal for a stretch to be one table. */
const TABLE_EQUAL_PART = 3;
/** How far a place of a window is followed, in bytes. */
const TRIED_BYTES = 256;
/**
 * Bytes that all tries together may follow, a place that does not match being
 * one; from then on the first place is the only one.
 */
const TRIES_BYTES_MAX = 8 << 20;

/**
 * The equal parts in the order of the right side, without overlap; the same
 * ones whichever side comes first.
 */
export function alignBytes(left: Uint8Array, right: Uint8Array): AlignedPart[] {
  return eitherWay(left, right, align);
}

/**
 * Aligns so that the sides can change places: the shorter one is taken for the
 * left one, and of two of one length the lesser.
 */
export function eitherWay(
  left: Uint8Array,
  right: Uint8Array,
  align: (left: Uint8Array, right: Uint8Array) => AlignedPart[],
): AlignedPart[] {
  const order = left.length - right.length || Buffer.compare(left, right);
  return order <= 0 ? align(left, right) : align(right, left).map((part) => ({
    left: part.right,
    right: part.left,
    length: part.length,
  })).sort((a, b) => a.right - b.right);
}

function align(left: Uint8Array, right: Uint8Array): AlignedPart[] {
  const aligner = new Aligner(left, right);
  aligner.takeStrings();
  aligner.closeGaps();
  aligner.takeTables();
  aligner.takeWindows();
  return joined(aligner.parts.sort((a, b) => a.right - b.right));
}

/** Parts that go on where the one before ends are one. */
function joined(parts: readonly AlignedPart[]): AlignedPart[] {
  const found: { left: number; right: number; length: number }[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (
      last !== undefined && last.left + last.length === part.left &&
      last.right + last.length === part.right
    ) last.length += part.length;
    else found.push({ ...part });
  }
  return found;
}

class Aligner {
  readonly parts: AlignedPart[] = [];
  readonly #left: Uint8Array;
  readonly #right: Uint8Array;
  /** 1 where a part holds the byte. */
  readonly #leftUsed: Uint8Array;
  readonly #rightUsed: Uint8Array;
  #tried = 0;

  constructor(left: Uint8Array, right: Uint8Array) {
    this.#left = left;
    this.#right = right;
    this.#leftUsed = new Uint8Array(left.length);
    this.#rightUsed = new Uint8Array(right.length);
  }

  /**
   * Takes strings between NULs that stand once on each side, then those of
   * which the end does: a path that was built elsewhere.
   */
  takeStrings(): void {
    const ours = new Strings(this.#left);
    const theirs = new Strings(this.#right);
    for (const ending of ENDINGS) {
      const places = ours.ends(ending, this.#leftUsed);
      for (const [hash, right] of theirs.ends(ending, this.#rightUsed)) {
        const left = places.get(hash);
        if (left === undefined || left === REPEATED) continue;
        if (right !== REPEATED) this.#takeBefore(left, right);
      }
    }
  }

  /** Takes what is equal before two ends of strings, and the NUL there. */
  #takeBefore(left: number, right: number): void {
    let length = 0;
    while (
      left > length && right > length && length < STRING_BYTES_MAX &&
      this.#left[left - length - 1] !== 0 &&
      this.#isFree(left - length - 1, right - length - 1)
    ) length++;
    if (length === 0) return;
    const nul = left < this.#left.length && right < this.#right.length;
    this.#add(left - length, right - length, length + (nul ? 1 : 0));
  }

  /** Takes what is equal between two parts that lie equally far apart. */
  closeGaps(): void {
    for (const { left, right, length } of this.parts.slice()) {
      const [ours, theirs] = [left + length, right + length];
      const more = this.#ahead(ours, theirs, Infinity);
      const isClosed = (used: Uint8Array, at: number) => used[at] !== 0;
      if (
        more > 0 && isClosed(this.#leftUsed, ours + more) &&
        isClosed(this.#rightUsed, theirs + more)
      ) this.#add(ours, theirs, more);
    }
  }

  /**
   * Takes what is equal in stretches of one length between the same two parts:
   * tables of pointers of which every entry differs by the same distance look
   * like their own neighbours, so that a window finds the wrong entry.
   */
  takeTables(): void {
    const inOrder = this.parts.toSorted((a, b) => a.left - b.left);
    const end = {
      left: this.#left.length,
      right: this.#right.length,
      length: 0,
    };
    let [ours, theirs] = [0, 0];
    for (const part of [...inOrder, end]) {
      const length = part.left - ours;
      if (length > 0 && length === part.right - theirs) {
        this.#takeTable(ours, theirs, length);
      }
      [ours, theirs] = [part.left + part.length, part.right + part.length];
    }
  }

  #takeTable(left: number, right: number, length: number): void {
    const equal: { at: number; length: number }[] = [];
    let sum = 0;
    for (let at = 0; at < length; at++) {
      const from = at;
      while (at < length && this.#isFree(left + at, right + at)) at++;
      if (at === from) continue;
      equal.push({ at: from, length: at - from });
      sum += at - from;
    }
    if (sum * TABLE_EQUAL_PART < length) return;
    for (const { at, length } of equal) {
      this.#add(left + at, right + at, length);
    }
  }

  /** Takes what is left, the longest match of each place first. */
  takeWindows(): void {
    const right = this.#right;
    const windows = new Windows(this.#left);
    const none = { place: -1, at: -1, length: WINDOW_BYTES - 1 };
    let best = none;
    let hash: number | undefined;
    for (let at = 0; at + WINDOW_BYTES <= right.length;) {
      if (best === none && this.#rightUsed[at] === 1) {
        hash = undefined;
        at++;
        continue;
      }
      hash ??= hashAt(right, at);
      best = this.#bestAt(at, windows.places(hash), best);
      // A better place may be entered under another phase of the stride.
      if (best === none || at - best.at < STRIDE_BYTES - 1) {
        hash = roll(hash, right[at] ?? 0, right[at + WINDOW_BYTES] ?? 0);
        at++;
        if (at + WINDOW_BYTES <= right.length || best === none) continue;
      }
      at = this.#extend(best.place, best.at);
      best = none;
      hash = undefined;
    }
  }

  #bestAt<Best extends { place: number; at: number; length: number }>(
    at: number,
    places: Iterable<number>,
    best: Best,
  ): Best | { place: number; at: number; length: number } {
    let found: Best | { place: number; at: number; length: number } = best;
    for (const place of places) {
      const length = this.#ahead(place, at, TRIED_BYTES);
      if (length > found.length) found = { place, at, length };
      this.#tried += length + 1;
      if (this.#tried > TRIES_BYTES_MAX) break;
    }
    return found;
  }

  /** Equal bytes from two places on that no part holds. */
  #ahead(left: number, right: number, most: number): number {
    const end = Math.min(
      most,
      this.#left.length - left,
      this.#right.length - right,
    );
    let length = 0;
    while (
      length < end && this.#isFree(left + length, right + length)
    ) length++;
    return length;
  }

  #isFree(left: number, right: number): boolean {
    return this.#left[left] === this.#right[right] &&
      this.#leftUsed[left] === 0 && this.#rightUsed[right] === 0;
  }

  /** Takes a match with all that is equal around it; where it ends. */
  #extend(left: number, right: number): number {
    let before = 0;
    while (
      left > before && right > before &&
      this.#isFree(left - before - 1, right - before - 1)
    ) before++;
    const length = before + this.#ahead(left, right, Infinity);
    this.#add(left - before, right - before, length);
    return right - before + length;
  }

  #add(left: number, right: number, length: number): void {
    this.parts.push({ left, right, length });
    this.#leftUsed.fill(1, left, left + length);
    this.#rightUsed.fill(1, right, right + length);
  }
}
