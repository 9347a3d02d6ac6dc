/**
 * A comparison in two words, for hazards: its verdict, and who accounted.
 *
 * @module
 */

import type { CompareOptions } from "../../verify/compare/comparison.ts";
import { compareBytes } from "../verify/compare_bytes.ts";

/** What a comparison came to. */
export interface Outcome {
  readonly verdict: string;
  /** Labels of differences without an account. */
  readonly open: readonly string[];
  /** Who accounted for the others. */
  readonly by: readonly string[];
}

/** Compares two files in memory. */
export async function outcomeOf(
  left: Uint8Array,
  right: Uint8Array,
  options: CompareOptions = {},
): Promise<Outcome> {
  const { verdict, differences } = await compareBytes(left, right, options);
  return {
    verdict,
    open: differences.filter((one) => one.accountedBy === null)
      .map(({ path }) => path),
    by: [
      ...new Set(differences.flatMap((one) => one.accountedBy ?? [])),
    ].sort(),
  };
}
