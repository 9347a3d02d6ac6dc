/**
 * `pe-delay-import-timestamp`: Time Stamp of a delay-load descriptor without
 * a bound table.
 *
 * Specification: PE Format, "The Delay-Load Directory Table", offset 28: the
 * stamp of the library to which the image has been bound; "Delay Bound Import
 * Address Table and Time Stamp": used together with that table.
 *
 * Safe because without a bound table (offset 20 zero) there is nothing that
 * the stamp could make the helper trust.
 *
 * Must not hide: the stamp of a bound delay load, which decides whether ready
 * made addresses are used. The layout leaves that one unmarked.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `pe-delay-import-timestamp` normaliser. */
export const peDelayImportTimestamp: Normalizer = {
  id: "pe-delay-import-timestamp",
  format: "pe",
  action: "mask",
  summary: "time stamp of an unbound delay import",
  valid: isStamp,
  show: showStamp,
};
