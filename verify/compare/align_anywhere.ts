/**
 * Which parts of two pieces of bytes are the same although they lie at other
 * places, in the same order or in another: what is left over is what was
 * changed, put in or taken out.
 *
 * The left piece is entered by windows at every stride; a rolling hash walks
 * over the right piece and asks for them, in one pass and in time that grows
 * with the sizes (the idea of rsync: Tridgell and Mackerras, 1996). A window
 * that repeats is tried at a few places, and the longest match is taken. The
 * result is for people: nothing is excused by it.
 *
 * @module
 */

import type { AlignedPart } from "./align.ts";

/** Bytes that must be equal to begin a part. */
const WINDOW_BYTES = 12;
const STRIDE_BYTES = 4;
/** Places of one window that are tried, and how far each is followed. */
const PLACES_MAX = 64;
const TRIED_BYTES = 256;
/** Bytes that all tries together may follow; from then on the first is taken. */
const TRIES_BYTES_MAX = 8 << 20;
const FACTOR = 0x01000193;
/** Strings that are looked for as a whole. */
const STRING_BYTES_MIN = 6;
const STRING_BYTES_MAX = 4_096;
const REPEATED = -1;
/** Last bytes by which strings are paired, the whole string first. */
const ENDINGS: readonly number[] = [Infinity, 64, 32, 16, 8];

/** The equal parts in the order of the right side, without overlap. */
export function alignAnywhere(
  left: Uint8Array,
  right: Uint8Array,
): AlignedPart[] {
  const aligner = new Aligner(left, right);
  aligner.takeStrings();
  aligner.closeGaps();
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
      this.#tried += length;
      if (found.place !== -1 && this.#tried > TRIES_BYTES_MAX) break;
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

/** The strings of a piece, by hashes of their last bytes. */
class Strings {
  /** Where each ends, and a hash for each ending or NaN where it is shorter. */
  readonly #ends: number[] = [];
  readonly #hashes: number[][] = ENDINGS.map(() => []);

  constructor(bytes: Uint8Array) {
    for (let at = 0; at < bytes.length;) {
      const nul = bytes.indexOf(0, at);
      const end = nul === -1 ? bytes.length : nul;
      const length = end - at;
      if (length >= STRING_BYTES_MIN && length <= STRING_BYTES_MAX) {
        this.#ends.push(end);
        this.#enter(bytes, at, end);
      }
      at = end + 1;
    }
  }

  #enter(bytes: Uint8Array, start: number, end: number): void {
    let [one, other] = [end - start, 0];
    const hash = () => (one >>> 0) * 0x100000 + (other >>> 12);
    for (const hashes of this.#hashes) hashes.push(NaN);
    const last = this.#ends.length - 1;
    // The whole string counts its length, its endings do not.
    const whole = one;
    one = 0;
    for (let at = end - 1; at >= start; at--) {
      const byte = bytes[at] ?? 0;
      one = Math.imul(one ^ byte, FACTOR);
      other = Math.imul(other, 0x85ebca6b) + byte | 0;
      const index = ENDINGS.indexOf(end - at);
      const hashes = this.#hashes[index];
      if (hashes !== undefined) hashes[last] = hash();
    }
    one ^= whole;
    const [hashes] = this.#hashes;
    if (hashes !== undefined) hashes[last] = hash();
  }

  /** Where strings end that no part holds; `REPEATED` for several. */
  ends(ending: number, used: Uint8Array): Map<number, number> {
    const found = new Map<number, number>();
    const hashes = this.#hashes[ENDINGS.indexOf(ending)] ?? [];
    for (const [index, hash] of hashes.entries()) {
      const end = this.#ends[index] ?? 0;
      if (Number.isNaN(hash) || used[end - 1] === 1) continue;
      found.set(hash, found.has(hash) ? REPEATED : end);
    }
    return found;
  }
}

/** Places of the windows of a piece, by hash, in chains. */
class Windows {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  constructor(bytes: Uint8Array) {
    const count = Math.max(
      0,
      Math.floor((bytes.length - WINDOW_BYTES) / STRIDE_BYTES) + 1,
    );
    const bits = 32 - Math.clz32(2 * count + 1);
    this.#heads = new Int32Array(1 << bits).fill(-1);
    this.#next = new Int32Array(count);
    // Entered backwards, so that a chain begins with the first place.
    for (let index = count - 1; index >= 0; index--) {
      const at = index * STRIDE_BYTES;
      // A window of one byte value says nothing of its place.
      if (isMonotone(bytes, at)) continue;
      const slot = this.#slot(hashAt(bytes, at));
      this.#next[index] = this.#heads[slot] ?? -1;
      this.#heads[slot] = index;
    }
  }

  *places(hash: number): Generator<number, undefined> {
    let index = this.#heads[this.#slot(hash)] ?? -1;
    for (let tried = 0; index !== -1 && tried < PLACES_MAX; tried++) {
      yield index * STRIDE_BYTES;
      index = this.#next[index] ?? -1;
    }
    return undefined;
  }

  #slot(hash: number): number {
    return (hash ^ hash >>> 15) & (this.#heads.length - 1);
  }
}

/** FACTOR to the power of WINDOW_BYTES - 1, modulo 2^32. */
const TOP = (() => {
  let power = 1;
  for (let count = 1; count < WINDOW_BYTES; count++) {
    power = Math.imul(power, FACTOR);
  }
  return power;
})();

function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let index = 0; index < WINDOW_BYTES; index++) {
    hash = Math.imul(hash, FACTOR) + (bytes[at + index] ?? 0) | 0;
  }
  return hash;
}

function roll(hash: number, first: number, next: number): number {
  return Math.imul(hash - Math.imul(first, TOP) | 0, FACTOR) + next | 0;
}

function isMonotone(bytes: Uint8Array, at: number): boolean {
  for (let index = 1; index < WINDOW_BYTES; index++) {
    if (bytes[at + index] !== bytes[at]) return false;
  }
  return true;
}
