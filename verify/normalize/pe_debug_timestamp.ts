/**
 * `pe-debug-timestamp`: TimeDateStamp of an entry of the debug directory.
 *
 * Specification: PE Format, "Debug Directory (Image Only)", offset 4 of the
 * 28 bytes of an entry: the time at which the debug data was created.
 *
 * Safe because the loader does not read it; debuggers match by GUID and age.
 *
 * Must not hide: type, size or place of the debug data. Where the stamp is
 * part of an id (portable PDB) or a hash (REPRO) it is another normaliser's.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `pe-debug-timestamp` normaliser. */
export const peDebugTimestamp: Normalizer = {
  id: "pe-debug-timestamp",
  format: "pe",
  action: "mask",
  summary: "time stamp of a debug directory entry",
  valid: isStamp,
  show: showStamp,
};
