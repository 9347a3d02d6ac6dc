/**
 * `pe-import-timestamp`: Time/Date Stamp of an import descriptor that is not
 * bound in fact.
 *
 * Specification: PE Format, "Import Directory Table", offset 4: zero until the
 * image is bound, afterwards the stamp of the library.
 *
 * Safe because it is only marked where the address table still holds what the
 * lookup table holds, so there are no bound addresses that it could vouch for;
 * some linkers put the time of the link there.
 *
 * Must not hide: 0 and 0xFFFFFFFF, which say "not bound" and "see the bound
 * import directory" and are therefore outside the grammar here, nor the stamp
 * of a bound import, which decides what addresses the loader trusts.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { isStamp, showStamp, stampValue } from "./pe_stamp.ts";

/** The `pe-import-timestamp` normaliser. */
export const peImportTimestamp: Normalizer = {
  id: "pe-import-timestamp",
  format: "pe",
  action: "mask",
  summary: "time stamp of an import that is not bound",
  valid(bytes: Uint8Array): boolean {
    return isStamp(bytes) && stampValue(bytes) !== 0 &&
      stampValue(bytes) !== 0xffffffff;
  },
  show: showStamp,
};
