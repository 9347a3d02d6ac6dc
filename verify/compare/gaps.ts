/**
 * What an alignment leaves out: the stretches of each side that no part holds.
 * Two of them are one difference where the same part follows both, or goes
 * before both; what is left then was added or left out.
 *
 * @module
 */

import type { AlignedPart } from "./align.ts";

/** What no part holds; one length may be 0. */
export interface Gap {
  readonly leftStart: number;
  readonly leftLength: number;
  readonly rightStart: number;
  readonly rightLength: number;
}

/** A stretch of one side between two parts; undefined stands for the ends. */
interface Stretch {
  readonly start: number;
  readonly length: number;
  readonly before: AlignedPart | undefined;
  readonly behind: AlignedPart | undefined;
}

/** What the parts leave out, in the order of the right side. */
export function gapsBetween(
  parts: readonly AlignedPart[],
  leftLength: number,
  rightLength: number,
): Gap[] {
  const open = {
    left: new Set(stretches(parts, "left", leftLength)),
    right: new Set(stretches(parts, "right", rightLength)),
  };
  const gaps: Gap[] = [];
  for (const neighbour of ["behind", "before"] as const) {
    const partners = new Map(
      [...open.left].map((stretch) => [stretch[neighbour], stretch]),
    );
    for (const right of [...open.right]) {
      const left = partners.get(right[neighbour]);
      if (left === undefined) continue;
      gaps.push(gapOf(left, right));
      open.left.delete(left);
      open.right.delete(right);
    }
  }
  for (const left of open.left) {
    // It was left out where the part that followed it lies now.
    const start = left.behind?.right ?? rightLength;
    gaps.push(gapOf(left, { start, length: 0 }));
  }
  for (const right of open.right) {
    const start = right.behind?.left ?? leftLength;
    gaps.push(gapOf({ start, length: 0 }, right));
  }
  return gaps.sort((a, b) =>
    a.rightStart - b.rightStart || a.leftStart - b.leftStart
  );
}

function stretches(
  parts: readonly AlignedPart[],
  side: "left" | "right",
  length: number,
): Stretch[] {
  const found: Stretch[] = [];
  let start = 0;
  let before: AlignedPart | undefined;
  const enter = (end: number, behind: AlignedPart | undefined) => {
    if (end > start) {
      found.push({ start, length: end - start, before, behind });
    }
  };
  for (const part of parts.toSorted((a, b) => a[side] - b[side])) {
    enter(part[side], part);
    start = part[side] + part.length;
    before = part;
  }
  enter(length, undefined);
  return found;
}

function gapOf(
  left: Pick<Stretch, "start" | "length">,
  right: Pick<Stretch, "start" | "length">,
): Gap {
  return {
    leftStart: left.start,
    leftLength: left.length,
    rightStart: right.start,
    rightLength: right.length,
  };
}
