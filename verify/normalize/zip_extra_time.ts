/**
 * `zip-extra-time`: one time in an extra field of a zip entry.
 *
 * Specification: PKWARE APPNOTE 6.3.10, section 4.5.5 (NTFS, eight bytes: units
 * of 100 ns since 1601) and the registered ids 0x5455 and 0x5855 of section
 * 4.6.1, defined in Info-ZIP's `extrafld.txt` (four bytes: seconds since 1970).
 *
 * Safe because it is the time of the file that was added, more precisely than
 * `zip-time` can say it.
 *
 * Must not hide: which times are there (flags and sizes are content), owners in
 * the same or in other blocks, or blocks that came or went.
 *
 * @module
 */

import { u32, u64 } from "../format/little_endian.ts";
import type { Normalizer } from "./normalizer.ts";
import { secondsText } from "./show.ts";

const SECONDS_1601_TO_1970 = 11_644_473_600;

/** A time in an extra field of a zip entry. */
export const zipExtraTime: Normalizer = {
  id: "zip-extra-time",
  format: "zip",
  action: "mask",
  summary: "times in extra fields of zip entries",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 4 || bytes.length === 8;
  },
  show(bytes: Uint8Array): string {
    const seconds = bytes.length === 4
      ? u32(bytes, 0) | 0
      : u64(bytes, 0) / 1e7 - SECONDS_1601_TO_1970;
    return secondsText(seconds);
  },
};
