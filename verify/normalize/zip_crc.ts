/**
 * `zip-crc`: the checksum of an entry in its local header, its central header
 * or its data descriptor.
 *
 * Specification: PKWARE APPNOTE 6.3.10, section 4.4.7: CRC-32 of the data
 * before compression.
 *
 * Safe because it is recomputed from the data and agrees only when it is right
 * and the data end where the header says. What changed it is a difference of
 * the contents.
 *
 * Must not hide: a checksum that is wrong, or data that cannot be read
 * (encrypted, or compressed by a method not known here): these disagree.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { u32 } from "../format/little_endian.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { zipDataOf } from "./zip_data.ts";

/** Checksum of a zip entry. */
export const zipCrc: Normalizer = {
  id: "zip-crc",
  format: "zip",
  action: "derive",
  summary: "checksums of zip entries, recomputed from their data",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 4;
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const data = zipDataOf(reader, field, layout);
    if (data === undefined) return "disagrees";
    const written = u32(reader.read(field.offset, 4), 0);
    return data.crc === written ? "agrees" : "disagrees";
  },
};
