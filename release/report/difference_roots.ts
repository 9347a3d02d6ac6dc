/**
 * Which differences a person reads first. Offsets, sizes and addresses follow
 * where content moved; beside such content they say nothing new, alone they
 * are the finding.
 *
 * @module
 */

import type { Difference } from "../../verify/compare/comparison.ts";

/** Differences to act on, and those beside them. */
export interface DifferenceRoots {
  readonly open: readonly Difference[];
  readonly beside: readonly Difference[];
}

/** Parts the differences without an account. */
export function rootsOf(differences: readonly Difference[]): DifferenceRoots {
  const parts = Map.groupBy(differences, isBeside);
  const open = parts.get(false) ?? [];
  return open.length === 0
    ? { open: differences, beside: [] }
    : { open, beside: parts.get(true) ?? [] };
}

/** Headers, sizes, padding, and whatever follows from what moved. */
function isBeside({ code, path, kind, follows }: Difference): boolean {
  return follows === true || code === "framing-differs" || kind === "framing" ||
    path.endsWith("+gap");
}
