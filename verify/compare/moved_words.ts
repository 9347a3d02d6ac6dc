/**
 * Whether a place that differs holds nothing but addresses, offsets and sizes
 * that follow from what moved elsewhere in an ELF file. Every unequal byte must
 * belong to a word whose two values differ by exactly the distance that the
 * bytes it points to moved:
 *
 * - an address, of 8 or 4 bytes;
 * - a distance from the word itself or from the instruction that ends with or
 *   shortly behind it, of 4 bytes;
 * - an offset from the start of its section or of the one linked to it;
 * - in data, an aligned word that grew as a text did whose beginning was
 *   replaced: its length.
 *
 * In sections that are not loaded (debug information, symbols) numbers have
 * many forms; there a difference by any distance that something moved counts.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import type { Moves, SectionPair } from "./moves.ts";
import type { Run } from "./runs.ts";

const ALLOCATED = 2;
const EXECUTABLE = 4;
const FIELD_BYTES_MAX = 8 << 20;
/** Bytes from a distance to the end of its instruction, x86-64. */
const BEHIND_DISTANCE = [4, 0, 5, 8, 6];
const WORDS_MAX = 400_000;
/** Words that do not follow before a field is given up as one that changed. */
const UNEXPLAINED_MIN = 1_000;

/** Two fields whose differing words are held against what moved. */
export class MovedWords {
  readonly #moves: Moves;
  readonly #section: SectionPair | undefined;
  readonly #left: DataView;
  readonly #right: DataView;
  readonly #leftOffset: number;
  readonly #rightOffset: number;
  readonly #isLoaded: boolean;
  #words = 0;
  #unexplained = 0;

  constructor(moves: Moves, left: FieldSide, right: FieldSide) {
    this.#moves = moves;
    // A section that is stored compressed is a file of its own here.
    const isCompressed = left.layout.format !== "elf";
    this.#section = isCompressed
      ? undefined
      : moves.sectionAt(left.field.offset);
    this.#isLoaded = !isCompressed &&
      (this.#section === undefined ||
        (this.#section.left.flags & ALLOCATED) !== 0);
    this.#left = viewOf(left);
    this.#right = viewOf(right);
    this.#leftOffset = left.field.offset;
    this.#rightOffset = right.field.offset;
  }

  /** Whether everything that differs in a place follows from what moved. */
  explain(run: Run): boolean {
    if (run.leftLength !== run.rightLength) return false;
    const end = run.leftStart + run.leftLength;
    const ahead = run.rightStart - run.leftStart;
    if (end > this.#left.byteLength || end + ahead > this.#right.byteLength) {
      return false;
    }
    for (let at = run.leftStart; at < end;) {
      if (this.#left.getUint8(at) === this.#right.getUint8(at + ahead)) {
        at++;
        continue;
      }
      if (this.#isHopeless()) return false;
      this.#words++;
      const next = this.#wordEnd(at, ahead);
      if (next === undefined) {
        this.#unexplained++;
        return false;
      }
      at = next;
    }
    return true;
  }

  #isHopeless(): boolean {
    return this.#words >= WORDS_MAX ||
      (this.#unexplained > UNEXPLAINED_MIN &&
        2 * this.#unexplained > this.#words);
  }

  /** Where the word that explains a byte ends. */
  #wordEnd(at: number, ahead: number): number | undefined {
    for (const size of [8, 4]) {
      for (let start = at; start > at - size; start--) {
        if (this.#follows(start, size, ahead)) return start + size;
      }
    }
    return this.#isLoaded || !this.#isSmallNumber(at, ahead)
      ? undefined
      : at + 1;
  }

  #follows(start: number, size: number, ahead: number): boolean {
    const end = start + size;
    if (
      start < 0 || start + ahead < 0 || end > this.#left.byteLength ||
      end + ahead > this.#right.byteLength
    ) return false;
    const one = this.#number(this.#left, start, size);
    const other = this.#number(this.#right, start + ahead, size);
    if (one === other) return false;
    if (this.#moves.leads(one, other)) return true;
    if (!this.#isLoaded) return this.#moves.isDistance(other - one);
    if (this.#isLength(start, size) && this.#moves.isGrowth(other - one)) {
      return true;
    }
    return size === 4 && this.#leadsFrom(start, ahead, one, other);
  }

  /** Whether a place in data may hold the length of a text. */
  #isLength(start: number, size: number): boolean {
    return size === (this.#moves.headers.is64 ? 8 : 4) &&
      (this.#leftOffset + start) % size === 0 &&
      this.#section !== undefined &&
      (this.#section.left.flags & EXECUTABLE) === 0;
  }

  /** Distances from their own place, or offsets in a section. */
  #leadsFrom(
    start: number,
    ahead: number,
    one: number,
    other: number,
  ): boolean {
    if (this.#section === undefined) return false;
    const { left, right } = this.#section;
    const leftPlace = left.address + this.#leftOffset + start - left.offset;
    const rightPlace = right.address + this.#rightOffset + start + ahead -
      right.offset;
    for (const behind of BEHIND_DISTANCE) {
      const target = leftPlace + (one | 0) + behind;
      if (this.#moves.leads(target, rightPlace + (other | 0) + behind)) {
        return true;
      }
    }
    const linked = this.#moves.pairs.find((pair) =>
      pair.left.index === left.link
    );
    return [this.#section, linked].some((base) =>
      base !== undefined && base.left.address !== 0 &&
      this.#moves.leads(base.left.address + one, base.right.address + other)
    );
  }

  /** One byte of a number of variable length. */
  #isSmallNumber(at: number, ahead: number): boolean {
    return this.#moves.isDistance(
      this.#right.getUint8(at + ahead) - this.#left.getUint8(at),
    );
  }

  #number(view: DataView, at: number, size: number): number {
    const little = this.#moves.headers.littleEndian;
    return size === 8
      ? Number(view.getBigUint64(at, little))
      : view.getUint32(at, little);
  }
}

function viewOf({ reader, field }: FieldSide): DataView {
  const length = Math.min(field.length, FIELD_BYTES_MAX);
  const bytes = reader.read(field.offset, length).slice();
  return new DataView(bytes.buffer);
}
