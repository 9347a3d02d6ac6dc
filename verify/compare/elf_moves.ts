/**
 * What moved between two ELF files, and by how much: one longer string in
 * `.rodata` moves every section behind it, and each address, distance, file
 * offset and length that refers to them changes with it. This file knows the
 * moves; `followers.ts` tells which places only follow from them.
 *
 * Sections are paired by name; one of another length is aligned by content, so
 * that places inside it are known to the byte.
 *
 * @module
 */

import {
  type ElfHeaders,
  type ElfSection,
  readElf,
  SECTION,
} from "../format/elf_header.ts";
import type { Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { alignBlocks } from "./align.ts";
import { type RoomyBlock, withRoom } from "./leftovers.ts";

const ALLOCATED = 2;
const EXECUTABLE = 4;
/** Bytes of one section that are aligned, and of all. */
const ALIGNED_BYTES_MAX = 4 << 20;
const ALIGNED_TOTAL_MAX = 8 << 20;
const SECTIONS_MAX = 10_000;
/** Stretches on either side that a place may have moved with. */
const NEAR = 2;

/** A stretch of the left side and how far it lies away on the right. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly delta: number;
  /** Room beside it on the right that was changed, in bytes. */
  readonly before: number;
  readonly behind: number;
}

/** One side of a comparison. */
interface Side {
  readonly reader: Reader;
  readonly layout: Layout;
}

/** A section of another length, taken apart. */
export interface AlignedSection {
  readonly left: ElfSection;
  readonly right: ElfSection;
  /** In the order of the right side. */
  readonly blocks: readonly RoomyBlock[];
  readonly byLeft: readonly RoomyBlock[];
}

/** The moves between two files. */
export class ElfMoves {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly #addresses: Stretch[] = [];
  readonly #offsets: Stretch[] = [];
  /** By how much strings grew whose beginning is another. */
  readonly #lengths = new Set<number>();
  /** By how much sections grew. */
  readonly #sizes = new Set<number>();
  readonly #sectionTable: number;
  readonly #aligned = new Map<number, AlignedSection>();
  readonly #loaded: { left: ElfSection; right: ElfSection }[] = [];

  constructor(left: Side, right: Side) {
    const [ours, theirs] = [readElf(left.reader), readElf(right.reader)];
    this.is64 = ours.is64;
    this.littleEndian = ours.littleEndian;
    // Sections that do not overlap are no longer than their file.
    let budget = Math.min(
      ALIGNED_TOTAL_MAX,
      Math.max(left.reader.size, right.reader.size),
    );
    for (const [one, other] of pairs(ours, theirs)) {
      const sizes = { left: one.size, right: other.size };
      let blocks = withRoom([{
        left: 0,
        right: 0,
        length: Math.min(one.size, other.size),
      }], sizes);
      const longest = Math.max(one.size, other.size);
      if (
        one.size !== other.size && one.type !== SECTION.noBits &&
        longest <= Math.min(ALIGNED_BYTES_MAX, budget) &&
        isInside(left.reader, one) && isInside(right.reader, other)
      ) {
        budget -= longest;
        const [ourBytes, theirBytes] = [
          left.reader.read(one.offset, one.size).slice(),
          right.reader.read(other.offset, other.size).slice(),
        ];
        blocks = withRoom(alignBlocks(ourBytes, theirBytes), sizes);
        this.#aligned.set(one.offset, {
          left: one,
          right: other,
          blocks,
          byLeft: blocks.toSorted((a, b) => a.left - b.left),
        });
        for (const block of blocks) {
          if (isNewPrefix(block, ourBytes, theirBytes)) {
            this.#lengths.add(block.rightBefore - block.leftBefore);
          }
        }
      }
      this.#sizes.add(other.size - one.size);
      if ((one.flags & ALLOCATED) !== 0) {
        if (one.type !== SECTION.noBits) {
          this.#loaded.push({ left: one, right: other });
        }
        this.#enter(this.#addresses, one.address, other.address, blocks);
      }
      if (one.type !== SECTION.noBits) {
        this.#enter(this.#offsets, one.offset, other.offset, blocks);
      }
    }
    const tables = [ours.sectionTable, theirs.sectionTable] as const;
    this.#sectionTable = tables[0].offset;
    this.#enter(
      this.#offsets,
      tables[0].offset,
      tables[1].offset,
      withRoom([{ left: 0, right: 0, length: 1 }], { left: 1, right: 1 }),
    );
    this.#addresses.sort((a, b) => a.start - b.start);
    this.#offsets.sort((a, b) => a.start - b.start);
    this.#lengths.delete(0);
    this.#sizes.delete(0);
  }

  /** Whether anything lies elsewhere; without it nothing can follow. */
  get any(): boolean {
    return [...this.#addresses, ...this.#offsets].some(({ delta }) =>
      delta !== 0
    ) || this.#sizes.size > 0;
  }

  /** The section that begins at an offset and was taken apart. */
  alignedAt(offset: number): AlignedSection | undefined {
    return this.#aligned.get(offset);
  }

  /** Whether the place is in code; immediate numbers there are no lengths. */
  isCode(offset: number): boolean {
    return this.#loaded.some(({ left }) =>
      (left.flags & EXECUTABLE) !== 0 && offset >= left.offset &&
      offset < left.offset + left.size
    );
  }

  /**
   * Whether an address of the left is that of the right after the move, or
   * both point into what was changed of one section.
   */
  isMovedAddress(left: number, right: number): boolean {
    return isMoved(this.#addresses, left, right) ||
      this.#areChanged(left, right);
  }

  #areChanged(left: number, right: number): boolean {
    for (const section of this.#aligned.values()) {
      const [from, to] = [
        left - section.left.address,
        right - section.right.address,
      ];
      if (from < 0 || from >= section.left.size) continue;
      if ((section.left.flags & ALLOCATED) === 0) continue;
      return to >= 0 && to < section.right.size &&
        !isHeld(section.byLeft, "left", from) &&
        !isHeld(section.blocks, "right", to);
    }
    return false;
  }

  /** Whether an offset in the left file is that of the right. */
  isMovedOffset(left: number, right: number): boolean {
    return isMoved(this.#offsets, left, right);
  }

  /** Whether a number in data grew as a string of another beginning did. */
  isStringGrowth(difference: number): boolean {
    return this.#lengths.has(difference);
  }

  /** Whether a number in the headers grew as a section did. */
  isSectionGrowth(difference: number): boolean {
    return this.#sizes.has(difference);
  }

  /** Whether a place is in no section: headers. */
  isHeader(offset: number): boolean {
    const index = lastBefore(this.#offsets, "start", offset);
    const stretch = this.#offsets[index];
    return stretch === undefined || offset >= stretch.end ||
      stretch.start === this.#sectionTable;
  }

  /**
   * Where bytes of the left file are loaded, and how far from there the bytes
   * of the right file that were paired with them are.
   */
  loadedAt(
    leftOffset: number,
    rightOffset: number,
  ): { readonly address: number; readonly delta: number } | undefined {
    const pair = this.#loaded.find(({ left }) =>
      leftOffset >= left.offset && leftOffset < left.offset + left.size
    );
    if (pair === undefined) return undefined;
    const address = pair.left.address + leftOffset - pair.left.offset;
    return {
      address,
      delta: pair.right.address + rightOffset - pair.right.offset - address,
    };
  }

  #enter(
    stretches: Stretch[],
    left: number,
    right: number,
    blocks: readonly RoomyBlock[],
  ): void {
    for (const block of blocks) {
      stretches.push({
        start: left + block.left,
        end: left + block.left + block.length,
        delta: right + block.right - left - block.left,
        before: block.rightBefore,
        behind: block.rightBehind,
      });
    }
  }
}

const made = new WeakMap<Layout, { right: Layout; moves: ElfMoves | null }>();

/** The moves between two ELF files, or null when nothing lies elsewhere. */
export function elfMoves(left: Side, right: Side): ElfMoves | null {
  if (left.layout.format !== "elf" || right.layout.format !== "elf") {
    return null;
  }
  const known = made.get(left.layout);
  if (known?.right === right.layout) return known.moves;
  const moves = new ElfMoves(left, right);
  const entry = { right: right.layout, moves: moves.any ? moves : null };
  made.set(left.layout, entry);
  return entry.moves;
}

/** Sections of one name on both sides; repeated names are left out. */
function* pairs(
  left: ElfHeaders,
  right: ElfHeaders,
): Generator<[ElfSection, ElfSection]> {
  if (left.is64 !== right.is64 || left.littleEndian !== right.littleEndian) {
    return;
  }
  const partners = Map.groupBy(right.sections, ({ name }) => name);
  const ours = Map.groupBy(
    left.sections.slice(0, SECTIONS_MAX),
    ({ name }) => name,
  );
  for (const [name, [one, ...more]] of ours) {
    const [other, ...others] = partners.get(name) ?? [];
    if (one === undefined || other === undefined) continue;
    if (more.length > 0 || others.length > 0) continue;
    if (one.type === SECTION.null || one.type !== other.type) continue;
    yield [one, other];
  }
}

function isInside(reader: Reader, { offset, size }: ElfSection): boolean {
  return offset + size <= reader.size;
}

/** Whether text before a block was replaced by other text. */
function isNewPrefix(
  block: RoomyBlock,
  left: Uint8Array,
  right: Uint8Array,
): boolean {
  const isText = (byte: number | undefined) =>
    byte !== undefined && byte >= 0x20 && byte < 0x7f;
  return block.leftBefore > 0 && block.rightBefore > 0 &&
    isText(left[block.left - 1]) && isText(right[block.right - 1]);
}

/** The last of a sorted list that begins at or before a place. */
function lastBefore<Item, Key extends keyof Item>(
  items: readonly (Item & Record<Key, number>)[],
  key: Key,
  place: number,
): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.[key] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether a block holds a place of a side. */
function isHeld(
  blocks: readonly RoomyBlock[],
  side: "left" | "right",
  place: number,
): boolean {
  const block = blocks[lastBefore(blocks, side, place)];
  return block !== undefined && place < block[side] + block.length;
}

/**
 * A place in a stretch moves with it or, because short contents repeat and may
 * be paired crosswise, with a stretch close by; one between two stretches may
 * also lie on the right in the room beside its neighbour.
 */
function isMoved(
  stretches: readonly Stretch[],
  left: number,
  right: number,
): boolean {
  const index = lastBefore(stretches, "start", left);
  const delta = right - left;
  for (let near = index - NEAR; near <= index + 1 + NEAR; near++) {
    if (stretches[near]?.delta === delta) return true;
  }
  const before = stretches[index];
  const after = stretches[index + 1];
  if (before !== undefined && left < before.end) return false;
  if (after !== undefined) {
    const start = after.start + after.delta;
    if (right <= start && right >= start - after.before) return true;
  }
  if (before === undefined) return false;
  const end = before.end + before.delta;
  return right >= end && right <= end + before.behind;
}
