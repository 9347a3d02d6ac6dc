/**
 * Where the parts of one program lie in the other. A longer string moves what
 * is behind it, and every address, offset and size that says where something
 * is differs after it; these follow from what moved and say nothing of their
 * own.
 *
 * Sections are paired by name, symbols of ELF within them by name and size, and
 * where neither says enough, contents by their bytes: of sections whose size
 * changed, and of those that kept it only because padding took up the change.
 * What is found here explains differences to a person; it is never asked for a
 * verdict.
 *
 * @module
 */

import { fits } from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";
import type { AlignBudget } from "./align_budget.ts";
import { alignPieces } from "./align_large.ts";
import type { LaidOut } from "./compare_layouts.ts";
import { symbolsOf } from "./elf_symbols.ts";
import { gapsBetween } from "./gaps.ts";
import { type Image, imageOf, type ImageSection } from "./moved_image.ts";
import { sameBytes } from "./equal_parts.ts";

/** Bytes of all sections together that are aligned by their contents. */
const ALIGNED_BYTES_TOTAL = 16 << 20;
const SYMBOLS_MAX = 200_000;
const SECTIONS_MAX = 512;
const DISTANCES_MAX = 4_096;
const REPLACED_MAX = 64;
/** A part may begin with bytes that what is in front of it ends with. */
const SLACK_BYTES = 8;
/** Places of a section that are looked at, and how many may differ by chance. */
const SAMPLES = 32;
const SAMPLE_BYTES = 64;
const SAMPLES_DIFFERING_MAX = 1;

/** A range of addresses of the left file, and where it is in the right one. */
interface MovedPart {
  readonly start: number;
  readonly end: number;
  readonly right: number;
  /** Last address there; the same distance behind `right` unless replaced. */
  readonly rightEnd: number;
}

/** A section on both sides. */
export interface SectionPair {
  readonly left: ImageSection;
  readonly right: ImageSection;
}

/** A program on both sides. */
export interface ImagePair {
  readonly left: Image;
  readonly right: Image;
}

/** What moved between two programs. */
export class Moves {
  /** The left file: sections of it are told by their place in it. */
  readonly reader: Reader;
  readonly images: ImagePair;
  readonly pairs: readonly SectionPair[];
  readonly #parts: readonly MovedPart[];
  readonly #symbols: readonly MovedPart[];
  readonly #replaced: readonly MovedPart[];
  readonly #distances: ReadonlySet<number>;
  readonly #growths: ReadonlySet<number>;

  constructor(
    { reader, images, pairs, parts, symbols, distances, growths }: {
      readonly reader: Reader;
      readonly images: ImagePair;
      readonly pairs: readonly SectionPair[];
      readonly parts: readonly MovedPart[];
      readonly symbols: readonly MovedPart[];
      readonly distances: ReadonlySet<number>;
      readonly growths: ReadonlySet<number>;
    },
  ) {
    const inOrder = (a: MovedPart, b: MovedPart) => a.start - b.start;
    this.reader = reader;
    this.images = images;
    this.pairs = pairs;
    this.#parts = parts.filter(({ start, end }) => end > start)
      .toSorted(inOrder);
    this.#symbols = symbols.toSorted(inOrder);
    this.#replaced = parts.filter(isReplaced).slice(0, REPLACED_MAX);
    this.#distances = distances;
    this.#growths = growths;
  }

  /**
   * Whether what is at an address of the left file is at this address of the
   * right one. What was replaced may be in anything that replaced something:
   * texts change their order when one of them becomes longer.
   */
  leads(left: number, right: number): boolean {
    const symbol = partAt(this.#symbols, left);
    if (symbol !== undefined && right - symbol.right === left - symbol.start) {
      return true;
    }
    const part = partAt(this.#parts, left);
    if (part === undefined) {
      // The end of a part is an address too.
      const before = partAt(this.#parts, left - 1);
      return before !== undefined && right === before.rightEnd;
    }
    return isReplaced(part)
      ? this.#replaced.some((one) =>
        right >= one.right - SLACK_BYTES && right <= one.rightEnd
      )
      : right - part.right === left - part.start;
  }

  /** Whether something moved, grew or shrank by this many bytes. */
  isDistance(bytes: number): boolean {
    return this.#distances.has(bytes);
  }

  /** Whether a text of which the beginning was replaced grew by that much. */
  isGrowth(bytes: number): boolean {
    return this.#growths.has(bytes);
  }

  /** The section that holds a place of the left file. */
  sectionAt(offset: number): SectionPair | undefined {
    return this.pairs.find(({ left }) =>
      left.stored && offset >= left.offset &&
      offset < left.offset + left.size
    );
  }
}

/** A part of which no byte is known to be the same. */
function isReplaced({ start, end, right, rightEnd }: MovedPart): boolean {
  return end - start !== rightEnd - right;
}

function partAt(
  parts: readonly MovedPart[],
  address: number,
): MovedPart | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle] as MovedPart).start <= address) low = middle + 1;
    else high = middle;
  }
  const part = parts[low - 1];
  return part !== undefined && address < part.end ? part : undefined;
}

/** What moved between two files; undefined when nothing did. */
export function movesOf(
  left: LaidOut,
  right: LaidOut,
  aligning?: AlignBudget,
): Moves | undefined {
  const images = { left: imageOf(left), right: imageOf(right) };
  if (!isPair(images)) return undefined;
  const pairs = pairSections(images.left.sections, images.right.sections);
  const distances = new Set<number>();
  for (const pair of pairs) {
    distances.add(pair.right.address - pair.left.address);
    distances.add(pair.right.offset - pair.left.offset);
    distances.add(pair.right.size - pair.left.size);
  }
  distances.delete(0);
  const shifted = new Set(
    pairs.filter((pair) => isShifted(left.reader, right.reader, pair)),
  );
  if (distances.size === 0 && shifted.size === 0) return undefined;
  const parts: MovedPart[] = [];
  const symbols: MovedPart[] = [];
  const growths = new Set<number>();
  // Where code has another length these are two programs, and to know where
  // each of their texts went explains nothing.
  let budget = pairs.every(isSameCode)
    // Sections that do not overlap are no longer than their file.
    ? Math.min(ALIGNED_BYTES_TOTAL, left.reader.size)
    : 0;
  for (const pair of pairs) {
    // In an object file nothing has an address yet.
    const loaded = pair.left.loaded && pair.left.address !== 0;
    const isAligned = pair.left.size !== pair.right.size || shifted.has(pair);
    const inside = isAligned
      ? partsOf(left, right, { pair, budget, growths, aligning })
      : [wholeOf(pair)];
    budget -= isAligned ? pair.left.size : 0;
    for (const { start, end, right, rightEnd } of inside) {
      if (distances.size < DISTANCES_MAX) distances.add(right - start);
      if (!loaded) continue;
      parts.push({
        start: pair.left.address + start,
        end: pair.left.address + end,
        right: pair.right.address + right,
        rightEnd: pair.right.address + rightEnd,
      });
    }
    if (!loaded) continue;
    // Too many to be arguments of one call.
    for (const part of symbolParts(left, right, pair)) symbols.push(part);
  }
  for (const { start, right } of [...parts, ...symbols]) {
    if (distances.size >= DISTANCES_MAX) break;
    distances.add(right - start);
  }
  distances.delete(0);
  return new Moves({
    reader: left.reader,
    images,
    pairs,
    parts,
    symbols,
    distances,
    growths,
  });
}

function isSameCode({ left, right }: SectionPair): boolean {
  return !left.executable || left.size === right.size;
}

function isPair(
  images: { left: Image | undefined; right: Image | undefined },
): images is ImagePair {
  return images.left !== undefined && images.right !== undefined &&
    images.left.is64 === images.right.is64 &&
    images.left.littleEndian === images.right.littleEndian;
}

/**
 * Whether a section of one size differs in so many places that its contents
 * may have moved within it, as far as a few samples tell.
 */
function isShifted(
  leftReader: Reader,
  rightReader: Reader,
  { left, right }: SectionPair,
): boolean {
  const { size } = left;
  if (
    size !== right.size || !left.stored || left.executable ||
    size < SAMPLES * SAMPLE_BYTES || !fits(leftReader, left.offset, size) ||
    !fits(rightReader, right.offset, size)
  ) return false;
  let differing = 0;
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const at = Math.floor((size - SAMPLE_BYTES) * sample / SAMPLES);
    if (
      !sameBytes(
        leftReader.read(left.offset + at, SAMPLE_BYTES),
        rightReader.read(right.offset + at, SAMPLE_BYTES),
      )
    ) differing++;
  }
  return differing > SAMPLES_DIFFERING_MAX;
}

function pairSections(
  left: readonly ImageSection[],
  right: readonly ImageSection[],
): SectionPair[] {
  const partners = new Map<string, ImageSection>();
  for (const section of right) {
    if (!partners.has(section.name)) partners.set(section.name, section);
  }
  return left.slice(0, SECTIONS_MAX).flatMap((section) => {
    const partner = partners.get(section.name);
    partners.delete(section.name);
    return partner === undefined ? [] : [{ left: section, right: partner }];
  });
}

/** A section of which all but the end is where it was, by offsets in it. */
function wholeOf({ left, right }: SectionPair): MovedPart {
  const shorter = Math.min(left.size, right.size);
  return { start: 0, end: shorter, right: 0, rightEnd: shorter };
}

/** The parts of a section, by offsets in it. */
function partsOf(
  left: LaidOut,
  right: LaidOut,
  { pair, budget, growths, aligning }: {
    pair: SectionPair;
    budget: number;
    growths: Set<number>;
    aligning: AlignBudget | undefined;
  },
): MovedPart[] {
  const { size } = pair.left;
  const rightSize = pair.right.size;
  const longer = Math.max(size, rightSize);
  if (
    !pair.left.stored || longer > budget ||
    !fits(left.reader, pair.left.offset, size) ||
    !fits(right.reader, pair.right.offset, rightSize)
  ) return [wholeOf(pair)];
  const aligned = alignPieces(
    { reader: left.reader, offset: pair.left.offset, length: size },
    { reader: right.reader, offset: pair.right.offset, length: rightSize },
    aligning,
  );
  if (aligned === undefined) return [wholeOf(pair)];
  const gaps = gapsBetween(aligned, size, rightSize);
  for (const { leftStart, leftLength, rightStart, rightLength } of gaps) {
    const [ours, theirs] = [leftStart + leftLength, rightStart + rightLength];
    if (
      leftLength > 0 && rightLength > 0 && leftLength !== rightLength &&
      isText(left.reader, pair.left, ours) &&
      isText(right.reader, pair.right, theirs)
    ) growths.add(rightLength - leftLength);
  }
  return [
    ...aligned.map((part) => ({
      start: part.left,
      end: part.left + part.length,
      right: part.right,
      rightEnd: part.right + part.length,
    })),
    ...gaps.map((gap) => ({
      start: gap.leftStart,
      end: gap.leftStart + gap.leftLength,
      right: gap.rightStart,
      rightEnd: gap.rightStart + gap.rightLength,
    })),
  ];
}

/** Whether a text goes on over a place in a section. */
function isText(reader: Reader, section: ImageSection, at: number): boolean {
  return at > 0 && at < section.size &&
    reader.read(section.offset + at - 1, 2)
      .every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** Symbols of one name and one size on both sides, by address. */
function symbolParts(
  left: LaidOut,
  right: LaidOut,
  pair: SectionPair,
): MovedPart[] {
  /** Without those that share their name: -1. */
  const partners = new Map<string, number>();
  if (left.layout.format !== "elf") return [];
  const others = symbolsOf(right.reader, pair.right);
  const ours = symbolsOf(left.reader, pair.left);
  if (others === undefined || ours === undefined) return [];
  for (const symbol of others.each()) {
    if (partners.size >= SYMBOLS_MAX) return [];
    const key = `${others.nameOf(symbol)}\0${symbol.size}`;
    partners.set(key, partners.has(key) ? -1 : symbol.offset);
  }
  const parts: MovedPart[] = [];
  for (const symbol of ours.each()) {
    if (parts.length >= SYMBOLS_MAX) return [];
    const offset = partners.get(`${ours.nameOf(symbol)}\0${symbol.size}`);
    if (offset === undefined || offset === -1) continue;
    const start = pair.left.address + symbol.offset;
    const moved = pair.right.address + offset;
    parts.push({
      start,
      end: start + symbol.size,
      right: moved,
      rightEnd: moved + symbol.size,
    });
  }
  return parts;
}
