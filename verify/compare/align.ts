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

/** Bytes that must be equal to begin a block. */
const WINDOW_BYTES = 12;
const STRIDE_BYTES = 4;
/** Places of one window that are tried, and how far each is followed. */
const PLACES_MAX = 64;
const TRIED_BYTES = 256;
/** Bytes that all tries together may follow; from then on the first is taken. */
const TRIES_BYTES_MAX = 64 << 20;
const FACTOR = 0x01000193;
/** Strings that are looked for as a whole. */
const STRING_BYTES_MIN = 6;
const STRING_BYTES_MAX = 4_096;
const REPEATED = -1;

/** Equal bytes; offsets count from the start of each piece. */
export interface Block {
  readonly left: number;
  readonly right: number;
  readonly length: number;
}

/** The equal blocks in the order of the right side, without overlap. */
export function alignBlocks(left: Uint8Array, right: Uint8Array): Block[] {
  const aligner = new Aligner(left, right);
  aligner.takeStrings();
  aligner.takeWindows();
  return aligner.blocks.sort((a, b) => a.right - b.right);
}

class Aligner {
  readonly blocks: Block[] = [];
  readonly #left: Uint8Array;
  readonly #right: Uint8Array;
  /** 1 where a block holds the byte. */
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
    for (const ending of [Infinity, 64, 32, 16, 8]) {
      const ours = this.#endings(this.#left, this.#leftUsed, ending);
      const theirs = this.#endings(this.#right, this.#rightUsed, ending);
      for (const [text, right] of theirs) {
        const left = ours.get(text);
        if (left === undefined || left === REPEATED) continue;
        if (right !== REPEATED) this.#takeBefore(left, right);
      }
    }
  }

  /** Where each string ends, by its last bytes; `REPEATED` for several. */
  #endings(
    bytes: Uint8Array,
    used: Uint8Array,
    ending: number,
  ): Map<string, number> {
    const found = new Map<string, number>();
    for (let at = 0; at < bytes.length;) {
      const nul = bytes.indexOf(0, at);
      const end = nul === -1 ? bytes.length : nul;
      const length = end - at;
      const fits = length >= STRING_BYTES_MIN && length <= STRING_BYTES_MAX &&
        (ending === Infinity || length >= ending);
      if (fits && used[end - 1] === 0) {
        const from = Math.max(at, end - ending);
        const text = String.fromCharCode(...bytes.subarray(from, end));
        found.set(text, found.has(text) ? REPEATED : end);
      }
      at = end + 1;
    }
    return found;
  }

  /** Takes what is equal before two ends of strings, and the NUL there. */
  #takeBefore(left: number, right: number): void {
    let length = 0;
    while (
      left > length && right > length && length < STRING_BYTES_MAX &&
      this.#left[left - length - 1] !== 0 &&
      this.#isFree(left - length - 1, right - length - 1)
    ) length++;
    const nul = left < this.#left.length && right < this.#right.length;
    this.#add(left - length, right - length, length + (nul ? 1 : 0));
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

  /** Equal bytes from two places on that no block holds. */
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
    this.blocks.push({ left, right, length });
    this.#leftUsed.fill(1, left, left + length);
    this.#rightUsed.fill(1, right, right + length);
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
