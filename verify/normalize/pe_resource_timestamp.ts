/**
 * `pe-resource-timestamp`: Time/Date Stamp of one resource directory table.
 *
 * Specification: PE Format, "Resource Directory Table", offset 4: the time at
 * which the resource compiler created the data.
 *
 * Safe because FindResource walks ids, names and offsets only.
 *
 * Must not hide: the tree, its order, versions or data. A node is only marked
 * where it starts with the reserved zeros and is reached from the root.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp } from "./pe_stamp.ts";

/** The `pe-resource-timestamp` normaliser. */
export const peResourceTimestamp: Normalizer = {
  id: "pe-resource-timestamp",
  format: "pe",
  action: "mask",
  summary: "time stamp of a resource directory",
  valid: isStamp,
  show: showStamp,
};
