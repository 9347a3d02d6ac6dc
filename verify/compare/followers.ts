/**
 * Places that differ only because something else moved: an address, a
 * distance between two addresses, an offset in the file, or a length. Each is
 * held against the moves that are known, to the byte; a number that merely
 * changed is no follower, unless it grew by as much as a string whose
 * beginning was replaced.
 *
 * What is read: aligned words as absolute addresses, file offsets and lengths;
 * any four bytes as a distance from their own place, as x86-64 and tables of
 * jumps have it. Distances that instructions split over their bits (AArch64)
 * are not read, and stay differences of their own.
 *
 * This sorts a report for people and saves builds that would tell nothing new.
 * It accounts for nothing: what follows from a difference still differs.
 *
 * @module
 */

import type { ElfMoves } from "./elf_moves.ts";

/** Places looked at in one field; a field with more is not sorted. */
const PLACES_MAX = 200_000;
/** Bytes between a distance and the end of its instruction. */
const REACHES = [4, 0, 5, 8, 6] as const;
const JOIN_BYTES = 16;

/** Bytes of both sides of one length, and where they lie in their files. */
export interface Stretch {
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  /** Bytes from the start of each file. */
  readonly leftOffset: number;
  readonly rightOffset: number;
}

/** A place that differs by itself; offsets count from the stretch. */
export interface Root {
  readonly start: number;
  readonly length: number;
}

/** What came of a stretch. */
export interface Sorted {
  readonly roots: readonly Root[];
  /** Places that only follow. */
  readonly followers: number;
}

/** Tells roots from followers; undefined when there are too many places. */
export function sortPlaces(
  stretch: Stretch,
  moves: ElfMoves,
): Sorted | undefined {
  const { left, right } = stretch;
  const words = new Words(stretch, moves);
  const roots: { start: number; length: number }[] = [];
  let [followers, places] = [0, 0];
  for (let at = 0; at < left.length;) {
    if (left[at] === right[at]) {
      at++;
      continue;
    }
    if (++places > PLACES_MAX) return undefined;
    const end = words.followerEnd(at);
    if (end !== undefined) {
      followers++;
      at = end;
      continue;
    }
    const last = roots.at(-1);
    if (last !== undefined && at - last.start - last.length <= JOIN_BYTES) {
      last.length = at + 1 - last.start;
    } else roots.push({ start: at, length: 1 });
    at++;
  }
  return { roots, followers };
}

class Words {
  readonly #left: DataView;
  readonly #right: DataView;
  readonly #stretch: Stretch;
  readonly #moves: ElfMoves;
  readonly #code: boolean;
  readonly #header: boolean;
  readonly #place: ReturnType<ElfMoves["loadedAt"]>;

  constructor(stretch: Stretch, moves: ElfMoves) {
    this.#stretch = stretch;
    this.#moves = moves;
    this.#left = viewOf(stretch.left);
    this.#right = viewOf(stretch.right);
    this.#code = moves.isCode(stretch.leftOffset);
    this.#header = moves.isHeader(stretch.leftOffset);
    this.#place = moves.loadedAt(stretch.leftOffset, stretch.rightOffset);
  }

  /** Where the word that holds the place ends, if it only follows. */
  followerEnd(at: number): number | undefined {
    const sizes = this.#moves.is64 ? [8, 4] : [4];
    for (const size of sizes) {
      const phase = this.#stretch.leftOffset % size;
      // Words keep their alignment when their section moves.
      if (this.#stretch.rightOffset % size !== phase) continue;
      const start = at - (at + phase) % size;
      if (this.#isWord(start, size)) return start + size;
    }
    for (let start = at; start > at - 4; start--) {
      if (this.#isDistance(start)) return start + 4;
    }
    return undefined;
  }

  #isWord(at: number, size: number): boolean {
    if (at < 0 || at + size > this.#left.byteLength) return false;
    const read = (view: DataView) =>
      size === 8
        ? Number(view.getBigUint64(at, this.#moves.littleEndian))
        : view.getUint32(at, this.#moves.littleEndian);
    const [left, right] = [read(this.#left), read(this.#right)];
    if (this.#moves.isMovedAddress(left, right)) return true;
    if (this.#code) return false;
    const grown = right - left;
    return this.#header
      ? this.#moves.isMovedOffset(left, right) ||
        this.#moves.isSectionGrowth(grown)
      : this.#moves.isStringGrowth(grown);
  }

  #isDistance(at: number): boolean {
    if (at < 0 || at + 4 > this.#left.byteLength) return false;
    if (this.#place === undefined) return false;
    const { address, delta } = this.#place;
    const left = this.#left.getInt32(at, this.#moves.littleEndian);
    const grown = this.#right.getInt32(at, this.#moves.littleEndian) - left;
    return REACHES.some((reach) => {
      const target = address + at + reach + left;
      return this.#moves.isMovedAddress(target, target + grown + delta);
    });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
