/**
 * Whether a place that differs holds nothing but addresses, offsets and sizes
 * that follow from what moved elsewhere in a program. Every unequal byte must
 * belong to a word whose two values differ by exactly the distance that the
 * bytes it points to moved:
 *
 * - an address, of 8 or 4 bytes, or the target in a pointer of a chain of
 *   fixups (`mach-o/fixup-chains.h` of XNU: 36 bits of address below flags);
 * - an address that counts from the base of the image, of 4 bytes (PE, Mach-O);
 * - a distance from the word itself or from the instruction that ends with or
 *   shortly behind it, of 4 bytes;
 * - in code of 64-bit Arm, the number of an instruction, see `moved_arm64.ts`;
 * - an offset from the start of its section or of the one linked to it;
 * - in data, an aligned word that grew as a text did whose beginning was
 *   replaced, or that stands behind an address and says where its range ends:
 *   a length;
 * - relocations of PE, see `moved_relocations.ts`;
 * - in headers and tables of the format, a word of 4 or 8 bytes that grew by
 *   what something moved, grew or shrank.
 *
 * In sections that are not loaded (debug information, symbols) numbers have
 * many forms; there a difference by any distance that something moved counts.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import { arm64NumberBits, arm64Target, type Code } from "./moved_arm64.ts";
import type { ImageSection } from "./moved_image.ts";
import { relocationsFollow } from "./moved_relocations.ts";
import type { Moves, SectionPair } from "./moves.ts";
import type { Run } from "./runs.ts";

const FIELD_BYTES_MAX = 8 << 20;
/** Bytes from a distance to the end of its instruction, x86-64. */
const BEHIND_DISTANCE = [4, 0, 5, 8, 6];
const WORDS_MAX = 400_000;
/** Words that do not follow before a field is given up as one that changed. */
const UNEXPLAINED_MIN = 1_000;
/** High half of a pointer in a chain: what is not address. */
const CHAIN_FLAGS = 0xfffffff0;

/** Where a word lies: in memory, in tables of the format, or in neither. */
type Home = "loaded" | "tables" | "other";

/** Two fields whose differing words are held against what moved. */
export class MovedWords {
  readonly #moves: Moves;
  readonly #section: SectionPair | undefined;
  readonly #left: DataView;
  readonly #right: DataView;
  readonly #leftOffset: number;
  readonly #rightOffset: number;
  readonly #home: Home;
  /** Code of 64-bit Arm, with addresses of the fields' first bytes. */
  readonly #code: { readonly left: Code; readonly right: Code } | undefined;
  readonly #followsWhole: boolean;
  #words = 0;
  #unexplained = 0;

  constructor(moves: Moves, left: FieldSide, right: FieldSide) {
    this.#moves = moves;
    // A section that is stored compressed is a file of its own here.
    const isCompressed = left.reader !== moves.reader;
    this.#section = isCompressed
      ? undefined
      : moves.sectionAt(left.field.offset);
    this.#left = viewOf(left);
    this.#right = viewOf(right);
    this.#followsWhole = relocationsFollow(moves, left, right);
    this.#leftOffset = left.field.offset;
    this.#rightOffset = right.field.offset;
    this.#home = isCompressed
      ? "other"
      : this.#section === undefined
      ? left.layout.format === "elf" ? "loaded" : homeOf(left.field.path)
      : this.#section.left.loaded
      ? "loaded"
      : "other";
    if (
      this.#section?.left.executable && moves.images.left.machine === "arm64"
    ) {
      const { left, right } = this.#section;
      this.#code = {
        left: codeOf(this.#left, addressOf(left, this.#leftOffset)),
        right: codeOf(this.#right, addressOf(right, this.#rightOffset)),
      };
    }
  }

  /** Whether everything that differs in a place follows from what moved. */
  explain(run: Run): boolean {
    if (this.#followsWhole) return true;
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
    if (this.#code !== undefined && this.#isInstruction(at, ahead)) {
      return at - this.#phase(at) + 4;
    }
    for (const size of [8, 4]) {
      for (let start = at; start > at - size; start--) {
        if (this.#follows(start, size, ahead)) return start + size;
      }
    }
    return this.#home !== "other" || !this.#isSmallNumber(at, ahead)
      ? undefined
      : at + 1;
  }

  /** Whether an instruction leads to one thing on both sides. */
  #isInstruction(at: number, ahead: number): boolean {
    if (this.#code === undefined) return false;
    const { left, right } = this.#code;
    const start = at - this.#phase(at);
    const one = left.instruction(start);
    const other = right.instruction(start + ahead);
    if (one === undefined || other === undefined) return false;
    if (((one ^ other) & ~arm64NumberBits(one)) !== 0) return false;
    const from = arm64Target(left, start);
    const to = arm64Target(right, start + ahead);
    return from !== undefined && to !== undefined &&
      this.#moves.leads(from, to);
  }

  /** Bytes from the start of the instruction. */
  #phase(at: number): number {
    return this.#code === undefined ? 0 : (this.#code.left.address + at) % 4;
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
    if (this.#home === "tables") {
      return (this.#leftOffset + start) % 4 === 0 &&
        this.#moves.isDistance(other - one);
    }
    if (this.#home === "other") return this.#moves.isDistance(other - one);
    if (
      this.#isLength(start, size) &&
      (this.#moves.isGrowth(other - one) ||
        this.#endsRange(start, ahead, [one, other]))
    ) return true;
    return size === 8
      ? this.#isChained(start, ahead)
      : this.#leadsFrom(start, ahead, one, other);
  }

  /** Whether a pointer differs in nothing but where it leads. */
  #isChained(start: number, ahead: number): boolean {
    const { left } = this.#moves.images;
    if (!left.is64 || !left.littleEndian) return false;
    const [one, other] = [
      [this.#left, start],
      [this.#right, start + ahead],
    ].map(([view, at]) => pointerOf(view as DataView, at as number)) as [
      Pointer,
      Pointer,
    ];
    if (one.flags !== other.flags || one.flags === 0) return false;
    return this.#moves.leads(one.target, other.target) ||
      this.#leadsFromBase(one.target, other.target);
  }

  /** Whether a place in data may hold the length of a text. */
  #isLength(start: number, size: number): boolean {
    return size === (this.#moves.images.left.is64 ? 8 : 4) &&
      (this.#leftOffset + start) % size === 0 &&
      this.#section !== undefined && !this.#section.left.executable;
  }

  /** Whether a length and the address one or two words before end a range. */
  #endsRange(
    start: number,
    ahead: number,
    [one, other]: readonly [number, number],
  ): boolean {
    const size = this.#moves.images.left.is64 ? 8 : 4;
    return [1, 2].some((words) => {
      const at = start - words * size;
      if (at < 0 || at + ahead < 0) return false;
      const from = this.#number(this.#left, at, size);
      const to = this.#number(this.#right, at + ahead, size);
      return this.#moves.leads(from, to) &&
        this.#moves.leads(from + one, to + other);
    });
  }

  /** Distances from their own place, or offsets in a section. */
  #leadsFrom(
    start: number,
    ahead: number,
    one: number,
    other: number,
  ): boolean {
    if (this.#leadsFromBase(one, other)) return true;
    if (this.#section === undefined) return false;
    const { left, right } = this.#section;
    const leftPlace = addressOf(left, this.#leftOffset) + start;
    const rightPlace = addressOf(right, this.#rightOffset) + start + ahead;
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

  /** Addresses that count from the base of the image. */
  #leadsFromBase(one: number, other: number): boolean {
    const { left, right } = this.#moves.images;
    return left.base !== 0 &&
      this.#moves.leads(left.base + one, right.base + other);
  }

  /** One byte of a number of variable length. */
  #isSmallNumber(at: number, ahead: number): boolean {
    return this.#moves.isDistance(
      this.#right.getUint8(at + ahead) - this.#left.getUint8(at),
    );
  }

  #number(view: DataView, at: number, size: number): number {
    const little = this.#moves.images.left.littleEndian;
    return size === 8
      ? Number(view.getBigUint64(at, little))
      : view.getUint32(at, little);
  }
}

/** Headers have numbers of one form, symbols and the like have many. */
function homeOf(path: string): Home {
  return /^pe\/(?:coff|optional|section-table|directory)\/|^macho\/(?:header\/|LC_)/
      .test(path)
    ? "tables"
    : "other";
}

/** The address of a place in the file. */
function addressOf(section: ImageSection, offset: number): number {
  return section.address + offset - section.offset;
}

interface Pointer {
  readonly target: number;
  readonly flags: number;
}

function pointerOf(view: DataView, at: number): Pointer {
  const high = view.getUint32(at + 4, true);
  return {
    target: view.getUint32(at, true) + (high & ~CHAIN_FLAGS) * 2 ** 32,
    flags: (high & CHAIN_FLAGS) >>> 0,
  };
}

function codeOf(view: DataView, address: number): Code {
  return {
    address,
    instruction: (offset) =>
      offset < 0 || offset + 4 > view.byteLength
        ? undefined
        : view.getUint32(offset, true),
  };
}

function viewOf({ reader, field }: FieldSide): DataView {
  const length = Math.min(field.length, FIELD_BYTES_MAX);
  const bytes = reader.read(field.offset, length).slice();
  return new DataView(bytes.buffer);
}
