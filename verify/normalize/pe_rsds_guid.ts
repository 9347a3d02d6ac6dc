/**
 * `pe-rsds-guid`: the GUID of the PDB that belongs to an image.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum", CodeView
 * Debug Directory Entry (type 2): GUID at 4, behind the signature `RSDS`.
 * Random in a build that is not deterministic, else a hash of the PDB.
 *
 * Safe because only debuggers read it, to find the PDB. Not recomputed: it
 * follows from the PDB, or in other linkers from a hash of their own.
 *
 * Must not hide: the path of the PDB behind it, which leaks the build
 * directory and is content, or the signature in front of it.
 *
 * @module
 */

import { showGuid } from "./pe_guid.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `pe-rsds-guid` normaliser. */
export const peRsdsGuid: Normalizer = {
  id: "pe-rsds-guid",
  format: "pe",
  action: "derive",
  summary: "id of the PDB of an image",
  valid: (bytes) => bytes.length === 16,
  derive: () => "not-recomputed",
  show: showGuid,
};
