/**
 * `pe-export-timestamp`: Time/Date Stamp of the export directory table.
 *
 * Specification: PE Format, "Export Directory Table", offset 4: the time at
 * which the export data was created.
 *
 * Safe because the loader resolves names and ordinals without it. Old bindings
 * compare the stamp of the COFF header, not this one.
 *
 * Must not hide: any name, ordinal, address or forwarder of the table. It is
 * only marked where reserved zeros and the name of the library stand around
 * it, so a directory that points into code masks nothing.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `pe-export-timestamp` normaliser. */
export const peExportTimestamp: Normalizer = {
  id: "pe-export-timestamp",
  format: "pe",
  action: "mask",
  summary: "time stamp of the export table",
  valid: isStamp,
  show: showStamp,
};
