/**
 * The build-id that GNU ld computes for the styles `sha1` and `md5`.
 *
 * The manual says only that it is a checksum over the normative parts of the
 * output. Those are, in this order, as the tests confirm against the linker:
 * the file header with both table offsets zero, the program headers, and each
 * section header with its file offset zero, followed by the bytes of the
 * section. The note itself counts as zeros; sections without bytes, and the
 * symbol and string tables that are not loaded, count with their header alone.
 *
 * A file that was changed after the link (stripped, signed) or written by
 * another linker does not give its id back; that alone says nothing.
 *
 * @module
 */

import { createHash } from "node:crypto";
import {
  type ElfHeaders,
  type ElfSection,
  fits,
  readElf,
  SECTION,
} from "../format/elf_header.ts";
import type { Field } from "../format/layout.ts";
import type { Reader } from "../reader.ts";

const CHUNK_BYTES = 1 << 20;
const ALLOCATED = 2;
const SYMBOLS = 2;

/** The id as the linker computes it, or undefined when it does not apply. */
export function gnuLdBuildId(
  reader: Reader,
  field: Field,
): string | undefined {
  const headers = readElf(reader);
  const note = headers.sections.find(({ type, offset, size }) =>
    type === SECTION.note && field.offset >= offset &&
    field.offset + field.length <= offset + size
  );
  if (note === undefined || headers.flaws.length > 0) return undefined;
  // Overlapping sections would be read again and again.
  let left = 2 * reader.size;
  const hash = createHash(field.length === 16 ? "md5" : "sha1");
  hash.update(fileHeader(reader, headers));
  const { segmentTable } = headers;
  if (segmentTable.count > 0) {
    hash.update(reader.read(
      segmentTable.offset,
      segmentTable.count * segmentTable.entrySize,
    ));
  }
  for (const section of headers.sections) {
    hash.update(sectionHeader(reader, headers, section));
    if (!hasHashedBytes(section)) continue;
    left -= section.size;
    if (left < 0 || !fits(reader, section.offset, section.size)) {
      return undefined;
    }
    for (let at = 0; at < section.size; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, section.size - at);
      hash.update(
        section === note
          ? new Uint8Array(length)
          : reader.read(section.offset + at, length),
      );
    }
  }
  return hash.digest("hex");
}

function fileHeader(reader: Reader, headers: ElfHeaders): Uint8Array {
  const bytes = reader.read(0, headers.headerSize).slice();
  const start = headers.is64 ? 32 : 28;
  return bytes.fill(0, start, start + (headers.is64 ? 16 : 8));
}

function sectionHeader(
  reader: Reader,
  { is64, sectionTable }: ElfHeaders,
  section: ElfSection,
): Uint8Array {
  const { offset, entrySize } = sectionTable;
  const bytes = reader.read(offset + section.index * entrySize, entrySize)
    .slice();
  return is64 ? bytes.fill(0, 24, 32) : bytes.fill(0, 16, 20);
}

/** Tables that the linker writes last are not there yet when it hashes. */
function hasHashedBytes({ type, flags, name }: ElfSection): boolean {
  if (type === SECTION.null || type === SECTION.noBits) return false;
  const isLoaded = (flags & ALLOCATED) !== 0;
  const isTable = type === SYMBOLS ||
    (type === SECTION.strings && (name === ".strtab" || name === ".shstrtab"));
  return isLoaded || !isTable;
}
