/**
 * `pe-timestamp`: TimeDateStamp of the COFF header of an image.
 *
 * Specification: PE Format, "COFF File Header (Object and Image)", offset 4:
 * the time at which the file was created.
 *
 * Safe because the loader never acts on the stamp of the image that it loads;
 * it only serves debuggers and, in other files, old bindings to this one.
 * Every value is a stamp, so there is no grammar to break.
 *
 * Must not hide: anything but those four bytes. In an image whose debug
 * directory says REPRO the stamp is a hash and `pe-content-timestamp` has it.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `pe-timestamp` normaliser. */
export const peTimestamp: Normalizer = {
  id: "pe-timestamp",
  format: "pe",
  action: "mask",
  summary: "time of the link in the COFF header of a PE image",
  valid: isStamp,
  show: showStamp,
};
