/**
 * Which parts of two ranges hold the same bytes at other places, so that one
 * longer string is one difference, however much lies behind it, and a text that
 * was only sorted to another place is none.
 *
 * Short ranges are searched for equal parts in any order (`align_anywhere.ts`),
 * long ones in order (`align_in_order.ts`), which costs less.
 *
 * @module
 */

import { alignAnywhere } from "./align_anywhere.ts";
import { alignInOrder } from "./align_in_order.ts";

/** One part that is equal; offsets count from the start of the ranges. */
export interface AlignedPart {
  readonly left: number;
  readonly right: number;
  readonly length: number;
}

/** Longest range that is aligned, in bytes. */
export const ALIGNED_BYTES_MAX = 1 << 20;
/** Longest range that is aligned in any order. */
const ANYWHERE_BYTES_MAX = 1 << 20;

/**
 * The equal parts in the order of the right side, without overlap; the same
 * ones whichever of two lengths comes first.
 */
export function alignBytes(left: Uint8Array, right: Uint8Array): AlignedPart[] {
  return left.length <= right.length
    ? align(left, right)
    : align(right, left).map((part) => ({
      left: part.right,
      right: part.left,
      length: part.length,
    })).sort((a, b) => a.right - b.right);
}

function align(left: Uint8Array, right: Uint8Array): AlignedPart[] {
  return right.length <= ANYWHERE_BYTES_MAX
    ? alignAnywhere(left, right)
    : alignInOrder(left, right);
}
