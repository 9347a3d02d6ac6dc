/**
 * Codes of release directories, checksums and packing.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of release directories, checksums and packing. */
export const RELEASE_CODES = {} as const satisfies Record<
  string,
  CatalogueEntry
>;
