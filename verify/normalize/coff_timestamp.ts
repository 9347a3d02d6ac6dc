/**
 * `coff-timestamp`: TimeDateStamp of an object file (offset 4), of a
 * `/bigobj` object and of a short import member (offset 8).
 *
 * Specification: PE Format, "COFF File Header (Object and Image)", "Import
 * Header"; winnt.h ANON_OBJECT_HEADER_BIGOBJ.
 *
 * Safe because linkers do not act on it; it is the time of the compiler's run.
 *
 * Must not hide: anything else of the header, whose counts and pointers say
 * what the linker takes, nor paths in `.debug$S`, `.drectve` or `.file`.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `coff-timestamp` normaliser. */
export const coffTimestamp: Normalizer = {
  id: "coff-timestamp",
  format: "coff",
  action: "mask",
  summary: "time of the compilation in a COFF object",
  valid: isStamp,
  show: showStamp,
};
