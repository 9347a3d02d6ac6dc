/**
 * Codes of layouts, normalisers and comparison.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of layouts, normalisers and comparison. */
export const COMPARE_CODES = {} as const satisfies Record<
  string,
  CatalogueEntry
>;
