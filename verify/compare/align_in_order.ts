/**
 * Equal parts of two ranges, in order on both sides: what lies between two of
 * them was replaced, added or left out.
 *
 * A window slides over the left bytes, and in larger steps where it finds
 * nothing; the right ones are known by the values of their blocks. Equal parts
 * are extended both ways. A part far ahead must be long to count: passing over
 * much for a few bytes that happen to be equal explains nothing.
 *
 * @module
 */

import type { AlignedPart } from "./align.ts";

/** Below this size every byte starts a block of the least length. */
const DENSE_BYTES = 64 << 10;
const DENSE = { stride: 1, block: 8 };
const SPARSE = { stride: 8, block: 24 };
/** Bytes that continue a part behind something that was replaced. */
const SAME_BYTES = 8;
/** Bytes without a part after which the window begins to jump. */
const PATIENCE_BITS = 7;
const JUMP_BYTES_MAX = 63;
const CANDIDATES_MAX = 8;
const PARTS_MAX = 100_000;
/** Bytes held against each other for each byte of the ranges, at most. */
const EFFORT_MAX = 4;

/** The equal parts, in order on both sides. */
export function alignInOrder(
  left: Uint8Array,
  right: Uint8Array,
): AlignedPart[] {
  const parts: AlignedPart[] = [];
  const form = right.length <= DENSE_BYTES ? DENSE : SPARSE;
  if (Math.min(left.length, right.length) < form.block) return parts;
  const blocks = new Blocks(right, form);
  blocks.effort = EFFORT_MAX * (left.length + right.length);
  const window = new DataView(left.buffer, left.byteOffset, left.byteLength);
  let leftEnd = 0;
  let rightEnd = 0;
  for (
    let at = 0;
    at + form.block <= left.length && parts.length < PARTS_MAX &&
    blocks.effort > 0;
  ) {
    const found = blocks.find(window, at, { left, leftEnd, rightEnd });
    if (found === undefined) {
      // An odd step, so that in time it meets every distance from a block.
      at += 1 + 2 * Math.min(at - leftEnd >>> PATIENCE_BITS, JUMP_BYTES_MAX);
      continue;
    }
    parts.push(found);
    leftEnd = found.left + found.length;
    rightEnd = found.right + found.length;
    at = leftEnd;
  }
  return parts;
}

/** The blocks of one range by their values, the first place first. */
class Blocks {
  /** Bytes that may still be held against each other. */
  effort = 0;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #stride: number;
  readonly #block: number;
  readonly #mask: number;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  constructor(
    bytes: Uint8Array,
    { stride, block }: { readonly stride: number; readonly block: number },
  ) {
    this.#bytes = bytes;
    this.#stride = stride;
    this.#block = block;
    const count = Math.floor((bytes.length - block) / stride) + 1;
    const size = 2 ** Math.ceil(Math.log2(count + 1));
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    this.#next = new Int32Array(count);
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    for (let index = count - 1; index >= 0; index--) {
      const slot = this.#slot(this.#view, index * stride);
      this.#next[index] = this.#heads[slot] ?? -1;
      this.#heads[slot] = index;
    }
  }

  #slot(view: DataView, at: number): number {
    let mixed = 0;
    for (let word = 0; word < this.#block; word += 4) {
      mixed = Math.imul(mixed ^ view.getUint32(at + word, true), 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    return mixed & this.#mask;
  }

  /** The best part around a block of the left, if one counts. */
  find(
    window: DataView,
    at: number,
    { left, leftEnd, rightEnd }: {
      left: Uint8Array;
      leftEnd: number;
      rightEnd: number;
    },
  ): AlignedPart | undefined {
    let best: AlignedPart | undefined;
    const slot = this.#slot(window, at);
    let index = this.#heads[slot] ?? -1;
    // What lies before the last part is never asked for again.
    while (index !== -1 && index * this.#stride < rightEnd) {
      index = this.#next[index] ?? -1;
    }
    this.#heads[slot] = index;
    const low = window.getUint32(at, true);
    const high = window.getUint32(at + 4, true);
    // What was only replaced goes on at the same distance; that is looked at
    // first, because much repeats and the longest part may be another one.
    const same = rightEnd + at - leftEnd;
    if (this.#holds(same, low, high)) {
      return this.#extended(left, { at, place: same, leftEnd, rightEnd });
    }
    for (let tried = 0; index !== -1 && tried < CANDIDATES_MAX; tried++) {
      const place = index * this.#stride;
      index = this.#next[index] ?? -1;
      if (!this.#holds(place, low, high)) continue;
      const part = this.#extended(left, { at, place, leftEnd, rightEnd });
      this.effort -= part.length;
      if (part.length < this.#block) continue;
      const ahead = Math.abs(part.right - rightEnd - (part.left - leftEnd));
      if (part.length * 16 < ahead) continue;
      if (best === undefined || part.length > best.length) best = part;
    }
    return best;
  }

  #holds(place: number, low: number, high: number): boolean {
    return place + SAME_BYTES <= this.#bytes.length &&
      this.#view.getUint32(place, true) === low &&
      this.#view.getUint32(place + 4, true) === high;
  }

  #extended(
    left: Uint8Array,
    { at, place, leftEnd, rightEnd }: {
      at: number;
      place: number;
      leftEnd: number;
      rightEnd: number;
    },
  ): AlignedPart {
    const right = this.#bytes;
    let before = 0;
    while (
      at - before > leftEnd && place - before > rightEnd &&
      left[at - before - 1] === right[place - before - 1]
    ) before++;
    let behind = 0;
    while (
      at + behind < left.length && place + behind < right.length &&
      left[at + behind] === right[place + behind]
    ) behind++;
    return {
      left: at - before,
      right: place - before,
      length: before + behind,
    };
  }
}
