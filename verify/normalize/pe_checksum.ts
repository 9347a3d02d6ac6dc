/**
 * `pe-checksum`: CheckSum of the optional header, computed again.
 *
 * Specification: PE Format, "Optional Header Windows-Specific Fields", offset
 * 64 in PE32 and PE32+: the algorithm is that of IMAGHELP.DLL, which is: all
 * 16-bit little-endian words of the file with the field taken as zero, added
 * with end-around carry, plus the length of the file.
 *
 * Safe because a value that agrees says nothing that the other bytes do not.
 *
 * Must not hide: a wrong value, or 0 (not set) against a set one, since a
 * build either sets the field or does not; the layout leaves 0 unmarked.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { isStamp, stampValue } from "./pe_stamp.ts";
import { recomputingOf } from "./recompute_budget.ts";

const CHUNK_BYTES = 1 << 18;

/** CheckSum of an image whose field stands at `fieldOffset`. */
export function peChecksumOf(reader: Reader, fieldOffset: number): number {
  let sum = 0;
  for (let offset = 0; offset < reader.size; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, reader.size - offset);
    sum += sumWords(reader.read(offset, length));
  }
  // Taken out again one by one, wherever its four bytes stand.
  const field = reader.read(fieldOffset, 4);
  for (let index = 0; index < 4; index++) {
    const odd = (fieldOffset + index) % 2 === 1;
    sum -= (field[index] ?? 0) * (odd ? 256 : 1);
  }
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return (sum + reader.size) >>> 0;
}

function sumWords(bytes: Uint8Array): number {
  let low = 0;
  let high = 0;
  const even = bytes.length & ~1;
  for (let index = 0; index < even; index += 2) {
    low += bytes[index] as number;
    high += bytes[index + 1] as number;
  }
  if (even < bytes.length) low += bytes[even] as number;
  return low + high * 256;
}

/** The `pe-checksum` normaliser. */
export const peChecksum: Normalizer = {
  id: "pe-checksum",
  format: "pe",
  action: "derive",
  summary: "checksum of a PE image, computed again",
  valid: isStamp,
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    recomputingOf(layout, reader.size).take(reader.size);
    const stored = stampValue(reader.read(field.offset, 4));
    return stored === peChecksumOf(reader, field.offset)
      ? "agrees"
      : "disagrees";
  },
  show: (bytes) =>
    isStamp(bytes)
      ? `0x${stampValue(bytes).toString(16).padStart(8, "0")}`
      : "not a checksum",
};
