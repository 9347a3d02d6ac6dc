/**
 * Codes of keys, statements, envelopes and bundles.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of keys, statements, envelopes and bundles. */
export const ATTEST_CODES = {} as const satisfies Record<
  string,
  CatalogueEntry
>;
