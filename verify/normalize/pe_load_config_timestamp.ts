/**
 * `pe-load-config-timestamp`: TimeDateStamp of the load configuration.
 *
 * Specification: PE Format, "Load Configuration Layout", offset 4; the first
 * four bytes are the size of the structure.
 *
 * Safe because the loader takes cookies, guard tables and flags from the
 * structure but not this stamp.
 *
 * Must not hide: any of those. Only marked where the size in front of it is
 * one that the structure can have.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `pe-load-config-timestamp` normaliser. */
export const peLoadConfigTimestamp: Normalizer = {
  id: "pe-load-config-timestamp",
  format: "pe",
  action: "mask",
  summary: "time stamp of the load configuration",
  valid: isStamp,
  show: showStamp,
};
