/**
 * The normalisers: a list of imports, one field and one file each.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Every normaliser, in the order of the reports. */
export const NORMALIZERS: readonly Normalizer[] = [];

/** The normaliser of an id, if there is one. */
export function normalizerOf(id: string): Normalizer | undefined {
  return NORMALIZERS.find((normalizer) => normalizer.id === id);
}
