/**
 * Layout of ELF files, 32 and 64 bit, either byte order (System V gABI 4.1,
 * chapters 4 and 5): file header, program headers, section headers, each
 * section under its name, notes taken apart, and every gap and payload in
 * between and behind.
 *
 * Nothing that is loaded is ever volatile. A file without section headers is
 * laid out by its program headers: notes, and gaps for the rest.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import {
  type ElfHeaders,
  type ElfSection,
  fits,
  isElf,
  readElf,
  SECTION,
  SEGMENT_NOTE,
} from "./elf_header.ts";
import { claimNotes, NOTES_MAX, readNotes } from "./elf_notes.ts";
import type { Format } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { appendedPayload, notePayload } from "./payload.ts";
import { isZlibHeader } from "./zdebug.ts";

/** SHF_EXECINSTR, gABI figure 4-11. */
const EXECUTABLE = 4;
/** SHF_ALLOC and SHF_COMPRESSED, gABI figure 4-11. */
const ALLOCATED = 2;
const COMPRESSED = 0x800;
/** ELFCOMPRESS_ZLIB and ELFCOMPRESS_ZSTD. */
const ZLIB = 1;
const ZSTD = 2;
const ZLIB_HEADER_BYTES = 2;
const ZLIB_CHECKSUM_BYTES = 4;

const SEGMENT_NAMES = new Map([
  [0, "NULL"],
  [1, "LOAD"],
  [2, "DYNAMIC"],
  [3, "INTERP"],
  [4, "NOTE"],
  [6, "PHDR"],
  [7, "TLS"],
  [0x6474e550, "GNU_EH_FRAME"],
  [0x6474e551, "GNU_STACK"],
  [0x6474e552, "GNU_RELRO"],
  [0x6474e553, "GNU_PROPERTY"],
]);

/** The ELF format. */
export const elf: Format = {
  name: "elf",
  detect: isElf,
  layout(reader, fieldsMax) {
    const ledger = new LedgerBuilder("elf", reader.size, fieldsMax);
    const headers = readElf(reader);
    for (const { code, path, offset, detail } of headers.flaws) {
      ledger.problem(code, path, offset, detail);
    }
    claimHeaders(ledger, headers);
    const given = new Set<string>();
    for (const section of headers.sections) {
      claimSection(ledger, reader, { headers, section, given });
    }
    if (headers.sections.length === 0) {
      claimNoteSegments(ledger, reader, { headers, given });
    } else claimNotePayloads(ledger, reader, headers);
    claimAppended(ledger, reader, headers);
    return ledger.finish();
  },
};

function claimHeaders(ledger: LedgerBuilder, headers: ElfHeaders): void {
  const { is64, headerSize, segmentTable, sectionTable } = headers;
  const word = is64 ? 8 : 4;
  const rest = 24 + 3 * word;
  const parts: [string, "content" | "framing", number, number][] = [
    ["ident", "content", 0, 16],
    ["type", "content", 16, 2],
    ["machine", "content", 18, 2],
    ["version", "content", 20, 4],
    ["entry", "content", 24, word],
    ["program-headers-offset", "framing", 24 + word, word],
    ["section-headers-offset", "framing", 24 + 2 * word, word],
    ["flags", "content", rest, 4],
    ["counts", "framing", rest + 4, headerSize - rest - 4],
  ];
  for (const [name, kind, offset, length] of parts) {
    ledger.claim(`elf/header/${name}`, kind, { offset, length });
  }
  for (const segment of headers.segments) {
    const name = SEGMENT_NAMES.get(segment.type) ??
      `0x${segment.type.toString(16)}`;
    ledger.claim(`elf/program-headers/${segment.index}:${name}`, "framing", {
      offset: segmentTable.offset + segment.index * segmentTable.entrySize,
      length: segmentTable.entrySize,
    });
  }
  for (const section of headers.sections) {
    ledger.claim(`elf/section-headers/${section.name}`, "framing", {
      offset: sectionTable.offset + section.index * sectionTable.entrySize,
      length: sectionTable.entrySize,
    });
  }
}

function claimSection(
  ledger: LedgerBuilder,
  reader: Reader,
  { headers, section, given }: {
    headers: ElfHeaders;
    section: ElfSection;
    given: Set<string>;
  },
): void {
  const { name, type, offset, size, alignment } = section;
  if (type === SECTION.null || type === SECTION.noBits || size === 0) return;
  const label = `elf/${name}`;
  const table = headers.segmentTable;
  const tableBytes = table.count * table.entrySize;
  if (offset === table.offset && size >= tableBytes && tableBytes > 0) {
    // Tools that move the program headers give them a section (denoland/sui).
    ledger.claim(label, "content", {
      offset: offset + tableBytes,
      length: size - tableBytes,
    });
    return;
  }
  if (offset + size > reader.size) {
    ledger.claim(label, "content", { offset, length: size });
    return;
  }
  if (type === SECTION.note) {
    claimNotes(ledger, reader, headers, {
      label,
      offset,
      size,
      alignment,
      executable: (section.flags & EXECUTABLE) !== 0,
      given,
    });
  } else if (name === ".gnu_debuglink" && size >= 8 && size % 4 === 0) {
    // GDB manual, "Separate Debug Files": name, padding, CRC32.
    ledger.claim(`${label}/name`, "content", { offset, length: size - 4 });
    ledger.claim(
      `${label}/crc`,
      "derived",
      { offset: offset + size - 4, length: 4 },
      { normalizer: "elf-debuglink-crc" },
    );
  } else if (!claimCompressed(ledger, reader, { headers, section })) {
    ledger.claim(label, "content", { offset, length: size });
  }
}

/**
 * Sections that are stored compressed (gABI 2024, "Compressed Sections"): a
 * header, then a zlib stream (RFC 1950: two bytes, deflate, checksum) or a
 * Zstandard frame. What they hold is compared; they are never loaded as they
 * are.
 */
function claimCompressed(
  ledger: LedgerBuilder,
  reader: Reader,
  { headers, section }: { headers: ElfHeaders; section: ElfSection },
): boolean {
  const { flags, offset, size } = section;
  if ((flags & COMPRESSED) === 0 || (flags & ALLOCATED) !== 0) return false;
  const headerBytes = headers.is64 ? 24 : 12;
  const before = headerBytes + ZLIB_HEADER_BYTES;
  if (size <= before + ZLIB_CHECKSUM_BYTES) return false;
  const view = reader.read(offset, before);
  const type = new DataView(view.buffer, view.byteOffset, 4)
    .getUint32(0, headers.littleEndian);
  const label = `elf/${section.name}`;
  if (type === ZSTD) {
    ledger.claim(`${label}/header`, "content", { offset, length: headerBytes });
    ledger.claim(
      `${label}/contents`,
      "content",
      { offset: offset + headerBytes, length: size - headerBytes },
      { inner: "zstd" },
    );
    return true;
  }
  const method = view[headerBytes] ?? 0;
  const zlibFlags = view[headerBytes + 1] ?? 0;
  if (
    type !== ZLIB || !isZlibHeader(method, zlibFlags)
  ) return false;
  ledger.claim(`${label}/header`, "content", { offset, length: before });
  ledger.claim(
    `${label}/contents`,
    "content",
    {
      offset: offset + before,
      length: size - before - ZLIB_CHECKSUM_BYTES,
    },
    { inner: "deflate" },
  );
  ledger.claim(`${label}/adler32`, "framing", {
    offset: offset + size - ZLIB_CHECKSUM_BYTES,
    length: ZLIB_CHECKSUM_BYTES,
  });
  return true;
}

/**
 * Payloads in notes that no section has: tools that inject them into a file
 * with sections keep the segment right and the sections not always.
 */
function claimNotePayloads(
  ledger: LedgerBuilder,
  reader: Reader,
  headers: ElfHeaders,
): void {
  let notes = 0;
  for (const segment of headers.segments) {
    const { offset, fileSize: size, alignment } = segment;
    if (segment.type !== SEGMENT_NOTE || !fits(reader, offset, size)) continue;
    if (notes >= NOTES_MAX) {
      // Many segments may all hold the same notes.
      ledger.problem(
        "limit-reached",
        "elf/notes",
        offset,
        `layoutFieldsMax: more than ${NOTES_MAX} notes; the rest was not searched for a payload`,
      );
      return;
    }
    const range = { label: "elf/notes", offset, size, alignment };
    for (const note of readNotes(reader, headers, range)) {
      notes++;
      const payload = notePayload(note.owner);
      const inSection = headers.sections.some((section) =>
        section.type === SECTION.note && note.offset >= section.offset &&
        note.end <= section.offset + section.size
      );
      if (payload === undefined || inSection) continue;
      ledger.claim(`elf/payload-${payload}`, "content", {
        offset: note.descriptionOffset,
        length: note.descriptionLength,
      });
    }
  }
}

/** What follows the last part that a header names, where it is recognised. */
function claimAppended(
  ledger: LedgerBuilder,
  reader: Reader,
  { sections, segments, sectionTable, segmentTable }: ElfHeaders,
): void {
  const ends = [
    ...sections.filter(({ type }) => type !== SECTION.noBits)
      .map(({ offset, size }) => offset + size),
    ...segments.map(({ offset, fileSize }) => offset + fileSize),
    ...[sectionTable, segmentTable].map(({ offset, entrySize, count }) =>
      offset + entrySize * count
    ),
  ];
  const offset = ends.reduce((most, end) => Math.max(most, end), 0);
  const length = reader.size - offset;
  if (length <= 0) return;
  const payload = appendedPayload(reader, { offset, length });
  if (payload === undefined) return;
  ledger.claim(`elf/payload-${payload}`, "content", { offset, length });
}

function claimNoteSegments(
  ledger: LedgerBuilder,
  reader: Reader,
  { headers, given }: { headers: ElfHeaders; given: Set<string> },
): void {
  for (const segment of headers.segments) {
    if (segment.type !== SEGMENT_NOTE) continue;
    claimNotes(ledger, reader, headers, {
      label: `elf/notes/${segment.index}`,
      offset: segment.offset,
      size: segment.fileSize,
      alignment: segment.alignment,
      given,
    });
  }
}
