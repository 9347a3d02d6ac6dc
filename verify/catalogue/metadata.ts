/**
 * Codes of what artifacts say of themselves.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of what artifacts say of themselves. */
export const METADATA_CODES = {} as const satisfies Record<
  string,
  CatalogueEntry
>;
