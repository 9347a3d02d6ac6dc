/**
 * What an alignment leaves over: the pieces of each side that no block holds,
 * paired by the block that follows them or the one before.
 *
 * @module
 */

import type { Block } from "./align.ts";

/** A piece of one side or of both; offsets count from the start of each. */
export interface Leftover {
  readonly left: number;
  readonly leftLength: number;
  readonly right: number;
  readonly rightLength: number;
}

/** A block and the room beside it that no block holds. */
export interface RoomyBlock extends Block {
  readonly leftBefore: number;
  readonly leftBehind: number;
  readonly rightBefore: number;
  readonly rightBehind: number;
}

/** Sizes of both pieces in bytes. */
export interface Sizes {
  readonly left: number;
  readonly right: number;
}

/** Each block with the room beside it. */
export function withRoom(
  blocks: readonly Block[],
  sizes: Sizes,
): RoomyBlock[] {
  const rooms = (side: "left" | "right") => {
    const sorted = blocks.toSorted((a, b) => a[side] - b[side]);
    let end = 0;
    return new Map(sorted.map((block, index) => {
      const before = block[side] - end;
      end = block[side] + block.length;
      const next = sorted[index + 1]?.[side] ?? sizes[side];
      return [block, { before, behind: next - end }];
    }));
  };
  const [left, right] = [rooms("left"), rooms("right")];
  return blocks.map((block) => ({
    ...block,
    leftBefore: left.get(block)?.before ?? 0,
    leftBehind: left.get(block)?.behind ?? 0,
    rightBefore: right.get(block)?.before ?? 0,
    rightBehind: right.get(block)?.behind ?? 0,
  }));
}

/** The pieces that no block holds, in the order of the right side. */
export function leftovers(
  blocks: readonly RoomyBlock[],
  sizes: Sizes,
): Leftover[] {
  if (blocks.length === 0) {
    return [{
      left: 0,
      leftLength: sizes.left,
      right: 0,
      rightLength: sizes.right,
    }];
  }
  const found: Leftover[] = [];
  const [leftTaken, rightTaken] = [new Set<number>(), new Set<number>()];
  const add = (piece: Leftover) => {
    if (piece.leftLength > 0) leftTaken.add(piece.left);
    if (piece.rightLength > 0) rightTaken.add(piece.right);
    found.push(piece);
  };
  const ends = (
    block: RoomyBlock,
    side: "left" | "right",
    where: "Before" | "Behind",
  ) => {
    const length = block[`${side}${where}`];
    const start = where === "Before"
      ? block[side] - length
      : block[side] + block.length;
    const taken = (side === "left" ? leftTaken : rightTaken).has(start);
    return { start, length: taken ? 0 : length };
  };
  // Pieces before one block belong together; what is single comes last.
  for (const both of [true, false]) {
    for (const block of blocks) {
      for (const where of ["Before", "Behind"] as const) {
        const left = ends(block, "left", where);
        const right = ends(block, "right", where);
        const count = Number(left.length > 0) + Number(right.length > 0);
        if (count !== (both ? 2 : 1)) continue;
        add({
          left: left.start,
          leftLength: left.length,
          right: right.start,
          rightLength: right.length,
        });
      }
    }
  }
  return found.toSorted((a, b) => a.right - b.right || a.left - b.left);
}
