/**
 * ELF headers of either class and byte order: file header, program headers
 * and section headers with their names (System V gABI 4.1, chapters 4 and 5).
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";

const NAMES_BYTES_MAX = 64 << 20;
const NAME_LENGTH_MAX = 200;
const SECTIONS_MAX = LIMITS.layoutFieldsMax / 4;

/** Section types used here, gABI figure 4-9. */
export const SECTION = {
  null: 0,
  strings: 3,
  note: 7,
  noBits: 8,
} as const;

/** Segment type of notes, gABI figure 5-2. */
export const SEGMENT_NOTE = 4;

/** One section header. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly alignment: number;
}

/** One program header. */
export interface ElfSegment {
  readonly index: number;
  readonly type: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly address: number;
  readonly alignment: number;
}

/** A table in the file. */
export interface ElfTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

/** What was wrong with the headers. */
export interface ElfFlaw {
  readonly code: "layout-out-of-range" | "layout-invalid" | "limit-reached";
  readonly path: string;
  readonly offset: number;
  readonly detail: string;
}

/** The headers of an ELF file. */
export interface ElfHeaders {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly headerSize: number;
  readonly machine: number;
  readonly segments: ElfSegment[];
  readonly sections: ElfSection[];
  readonly segmentTable: ElfTable;
  readonly sectionTable: ElfTable;
  readonly flaws: readonly ElfFlaw[];
}

/** Whether a reader starts with `\x7fELF`, a known class and byte order. */
export function isElf(reader: Reader): boolean {
  if (reader.size < 52) return false;
  const ident = reader.read(0, 7);
  const is64 = ident[4] === 2;
  return ident[0] === 0x7f && ident[1] === 0x45 && ident[2] === 0x4c &&
    ident[3] === 0x46 && (is64 || ident[4] === 1) &&
    (ident[5] === 1 || ident[5] === 2) && ident[6] === 1 &&
    reader.size >= (is64 ? 64 : 52);
}

/** Reads all headers; never throws for hostile bytes. */
export function readElf(reader: Reader): ElfHeaders {
  const ident = reader.read(0, 16);
  const is64 = ident[4] === 2;
  const littleEndian = ident[5] === 1;
  const headerSize = is64 ? 64 : 52;
  const at = new Fields(reader.read(0, headerSize), { is64, littleEndian });
  const flaws: ElfFlaw[] = [];
  const machine = at.half(18);
  const segmentOffset = at.word(is64 ? 32 : 28);
  const sectionOffset = at.word(is64 ? 40 : 32);
  const counts = is64 ? 54 : 42;
  const segmentSize = at.half(counts);
  let segmentCount = at.half(counts + 2);
  const sectionSize = at.half(counts + 4);
  let sectionCount = at.half(counts + 6);
  let namesIndex = at.half(counts + 8);

  const sectionBytes = is64 ? 64 : 40;
  let sections: ElfSection[] = [];
  if (sectionOffset !== 0) {
    if (sectionSize !== sectionBytes) {
      flaws.push({
        code: "layout-invalid",
        path: "elf/header",
        offset: counts + 4,
        detail:
          `expected section headers of ${sectionBytes} bytes, found ${sectionSize}`,
      });
      sectionCount = 0;
    } else {
      // Numbers that do not fit their field stand in section 0.
      const first = fits(reader, sectionOffset, sectionBytes)
        ? new Fields(reader.read(sectionOffset, sectionBytes), {
          is64,
          littleEndian,
        })
        : undefined;
      if (sectionCount === 0) sectionCount = first?.word(is64 ? 32 : 20) ?? 0;
      if (namesIndex === 0xffff) namesIndex = first?.int(is64 ? 40 : 24) ?? 0;
      if (segmentCount === 0xffff) {
        segmentCount = first?.int(is64 ? 44 : 28) ?? segmentCount;
      }
      const table = readTable(reader, flaws, {
        path: "elf/section-headers",
        offset: sectionOffset,
        entrySize: sectionBytes,
        count: sectionCount,
      });
      sectionCount = table.count;
      sections = table.entries.map((bytes, index) =>
        section(new Fields(bytes, { is64, littleEndian }), index)
      );
      nameSections(reader, sections, namesIndex);
    }
  } else {
    sectionCount = 0;
  }

  const segmentBytes = is64 ? 56 : 32;
  let segments: ElfSegment[] = [];
  if (segmentOffset !== 0 && segmentCount > 0) {
    if (segmentSize !== segmentBytes) {
      flaws.push({
        code: "layout-invalid",
        path: "elf/header",
        offset: counts,
        detail:
          `expected program headers of ${segmentBytes} bytes, found ${segmentSize}`,
      });
      segmentCount = 0;
    } else {
      const table = readTable(reader, flaws, {
        path: "elf/program-headers",
        offset: segmentOffset,
        entrySize: segmentBytes,
        count: segmentCount,
      });
      segmentCount = table.count;
      segments = table.entries.map((bytes, index) =>
        segment(new Fields(bytes, { is64, littleEndian }), index)
      );
    }
  } else {
    segmentCount = 0;
  }
  return {
    is64,
    littleEndian,
    headerSize,
    machine,
    sections,
    segments,
    sectionTable: {
      offset: sectionOffset,
      entrySize: sectionBytes,
      count: sectionCount,
    },
    segmentTable: {
      offset: segmentOffset,
      entrySize: segmentBytes,
      count: segmentCount,
    },
    flaws,
  };
}

/** Whether a range lies in the file. */
export function fits(reader: Reader, offset: number, length: number): boolean {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(length) &&
    offset >= 0 && length >= 0 && offset + length <= reader.size;
}

/** Numbers of one header, in the byte order and class of the file. */
class Fields {
  readonly #view: DataView;
  readonly #is64: boolean;
  readonly #little: boolean;

  constructor(
    bytes: Uint8Array,
    file: { is64: boolean; littleEndian: boolean },
  ) {
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.#is64 = file.is64;
    this.#little = file.littleEndian;
  }

  half(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  int(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  /** Of the size of an address; past 2^53 it is no longer exact. */
  word(at: number): number {
    return this.#is64
      ? Number(this.#view.getBigUint64(at, this.#little))
      : this.#view.getUint32(at, this.#little);
  }

  get is64(): boolean {
    return this.#is64;
  }
}

function section(at: Fields, index: number): ElfSection {
  const wide = at.is64;
  return {
    index,
    name: String(at.int(0)),
    type: at.int(4),
    flags: at.word(8),
    address: at.word(wide ? 16 : 12),
    offset: at.word(wide ? 24 : 16),
    size: at.word(wide ? 32 : 20),
    link: at.int(wide ? 40 : 24),
    alignment: at.word(wide ? 48 : 32),
  };
}

function segment(at: Fields, index: number): ElfSegment {
  const wide = at.is64;
  return {
    index,
    type: at.int(0),
    offset: at.word(wide ? 8 : 4),
    address: at.word(wide ? 16 : 8),
    fileSize: at.word(wide ? 32 : 16),
    alignment: at.word(wide ? 48 : 28),
  };
}

/** Reads a table as far as the file and the limits allow. */
function readTable(
  reader: Reader,
  flaws: ElfFlaw[],
  { path, offset, entrySize, count }: ElfTable & { path: string },
): { entries: Uint8Array[]; count: number } {
  let most = count;
  if (most > SECTIONS_MAX) {
    flaws.push({
      code: "limit-reached",
      path,
      offset,
      detail: `layoutFieldsMax: a table of ${count} entries`,
    });
    most = SECTIONS_MAX;
  }
  const room = Math.floor(Math.max(0, reader.size - offset) / entrySize);
  if (room < most) {
    flaws.push({
      code: "layout-out-of-range",
      path,
      offset: Math.min(offset, reader.size),
      detail:
        `expected ${count} headers inside ${reader.size} bytes, found room for ${room}`,
    });
    most = room;
  }
  if (most === 0) return { entries: [], count: 0 };
  const bytes = reader.read(offset, most * entrySize).slice();
  return {
    count: most,
    entries: Array.from(
      { length: most },
      (_, index) => bytes.subarray(index * entrySize, (index + 1) * entrySize),
    ),
  };
}

/** Puts the names from the section of names in place of their offsets. */
function nameSections(
  reader: Reader,
  sections: ElfSection[],
  namesIndex: number,
): void {
  const names = sections[namesIndex];
  let bytes = new Uint8Array(0);
  if (
    names !== undefined && names.size <= NAMES_BYTES_MAX &&
    names.type !== SECTION.noBits && fits(reader, names.offset, names.size)
  ) bytes = reader.read(names.offset, names.size).slice();
  const decoder = new TextDecoder();
  for (const [index, section] of sections.entries()) {
    const start = Number(section.name);
    const view = bytes.subarray(start, start + NAME_LENGTH_MAX);
    const end = view.indexOf(0);
    const text = decoder.decode(end === -1 ? view : view.subarray(0, end));
    sections[index] = {
      ...section,
      name: text === "" ? `section-${index}` : text,
    };
  }
}
