/**
 * `zip-time`: the modification time of an entry, in its local and its central
 * header.
 *
 * Specification: PKWARE APPNOTE 6.3.10, section 4.4.6: date and time in the
 * form of MS-DOS, two bytes each, with a resolution of two seconds.
 *
 * Safe because it is the time of the file that was added: extraction restores
 * it, and no loader or installer acts on it.
 *
 * Must not hide: attributes, checksums or flags around it. Bytes that are no
 * time of MS-DOS are never masked, but for all zeros, which writers without a
 * time use.
 *
 * @module
 */

import { u16, u32 } from "../format/little_endian.ts";
import type { Normalizer } from "./normalizer.ts";

/** Modification time of a zip entry. */
export const zipTime: Normalizer = {
  id: "zip-time",
  format: "zip",
  action: "mask",
  summary: "modification times of zip entries",
  valid(bytes: Uint8Array): boolean {
    if (bytes.length !== 4) return false;
    if (u32(bytes, 0) === 0) return true;
    const { month, day, hour, minute, second } = partsOf(bytes);
    return month >= 1 && month <= 12 && day >= 1 && hour < 24 &&
      minute < 60 && second < 60;
  },
  show(bytes: Uint8Array): string {
    if (u32(bytes, 0) === 0) return "no time";
    const { year, month, day, hour, minute, second } = partsOf(bytes);
    const two = (value: number) => String(value).padStart(2, "0");
    return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${
      two(second)
    }`;
  },
};

function partsOf(bytes: Uint8Array) {
  const time = u16(bytes, 0);
  const date = u16(bytes, 2);
  return {
    year: 1980 + (date >> 9),
    month: date >> 5 & 0x0f,
    day: date & 0x1f,
    hour: time >> 11,
    minute: time >> 5 & 0x3f,
    second: (time & 0x1f) * 2,
  };
}
