/**
 * `zip-size`: the size of an entry's data, before or after compression, in its
 * headers, its data descriptor or its Zip64 block.
 *
 * Specification: PKWARE APPNOTE 6.3.10, sections 4.4.8, 4.4.9, 4.3.9 and 4.5.3.
 *
 * Safe because it is recomputed: the data are read to their end, and both sizes
 * must be right to the byte.
 *
 * Must not hide: bytes between the end of a compressed stream and the size that
 * the header gives, or data that cannot be read: these disagree.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { u32, u64 } from "../format/little_endian.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { zipDataOf } from "./zip_data.ts";

/** Size of the data of a zip entry. */
export const zipSize: Normalizer = {
  id: "zip-size",
  format: "zip",
  action: "derive",
  summary: "sizes of zip entries, recomputed from their data",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 4 || bytes.length === 8;
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const data = zipDataOf(reader, field, layout);
    if (data === undefined) return "disagrees";
    const bytes = reader.read(field.offset, field.length);
    const written = field.length === 4 ? u32(bytes, 0) : u64(bytes, 0);
    const expected = field.path.endsWith("/compressed-size")
      ? data.compressedSize
      : data.size;
    return written === expected ? "agrees" : "disagrees";
  },
  show(bytes: Uint8Array): string {
    return `${bytes.length === 4 ? u32(bytes, 0) : u64(bytes, 0)} bytes`;
  },
};
