/**
 * Symbols of an ELF section: name, place in the section and size. From
 * `.symtab`, else `.dynsym` (System V gABI 4.1, "Symbol Table").
 *
 * @module
 */

import {
  type ElfHeaders,
  type ElfSection,
  fits,
  readElf,
} from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";
import type { FieldSide } from "./account.ts";

const SYMBOL_TABLE = 2;
const DYNAMIC_SYMBOLS = 11;
const ALLOCATED = 2;
const NO_BITS = 8;
const SYMBOLS_MAX = 2_000_000;
const PER_READ = 4096;
const NAME_BYTES_MAX = 200;

/** One symbol with a size. */
export interface ElfSymbol {
  /** Place of the name in the table of names. */
  readonly nameAt: number;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly size: number;
}

/** What is asked of a section. */
type Section = Pick<ElfSection, "index" | "address" | "offset" | "size">;

/** The symbols of one section, and how to name them. */
export interface SectionSymbols {
  readonly section: Section;
  /** Every symbol with a size, in the order of the table. */
  each(): Generator<ElfSymbol, void, undefined>;
  nameOf(symbol: ElfSymbol): string;
}

/** The symbols of the loaded section that holds a place of a field. */
export function symbolsAround(
  { reader, field, layout }: FieldSide,
  start: number,
): SectionSymbols | undefined {
  if (layout.format !== "elf") return undefined;
  const headers = readElf(reader);
  const place = field.offset + start;
  const section = headers.sections.find(({ offset, size, flags, type }) =>
    type !== NO_BITS && (flags & ALLOCATED) !== 0 && place >= offset &&
    place < offset + size
  );
  if (section === undefined) return undefined;
  return tableOf(reader, headers, section);
}

/** The symbols of a section of a file. */
export function symbolsOf(
  reader: Reader,
  section: Section,
): SectionSymbols | undefined {
  return tableOf(reader, readElf(reader), section);
}

function tableOf(
  reader: Reader,
  headers: ElfHeaders,
  section: Section,
): SectionSymbols | undefined {
  for (const type of [SYMBOL_TABLE, DYNAMIC_SYMBOLS]) {
    const table = headers.sections.find((other) => other.type === type);
    const names = table && headers.sections[table.link];
    if (table === undefined || names === undefined) continue;
    if (!fits(reader, table.offset, table.size)) continue;
    return {
      section,
      each: () => readSymbols(reader, headers, { table, section }),
      nameOf: ({ nameAt }) => readName(reader, names, nameAt),
    };
  }
  return undefined;
}

function* readSymbols(
  reader: Reader,
  { is64, littleEndian }: ElfHeaders,
  { table, section }: { table: ElfSection; section: Section },
): Generator<ElfSymbol, void, undefined> {
  const entry = is64 ? 24 : 16;
  const count = Math.min(Math.floor(table.size / entry), SYMBOLS_MAX);
  for (let from = 0; from < count; from += PER_READ) {
    const length = Math.min(PER_READ, count - from);
    // Copied, because whoever takes a symbol may read in between.
    const bytes = reader.read(table.offset + from * entry, length * entry)
      .slice();
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += entry) {
      const home = view.getUint16(at + (is64 ? 6 : 14), littleEndian);
      if (home !== section.index) continue;
      const value = is64
        ? Number(view.getBigUint64(at + 8, littleEndian))
        : view.getUint32(at + 4, littleEndian);
      const size = is64
        ? Number(view.getBigUint64(at + 16, littleEndian))
        : view.getUint32(at + 8, littleEndian);
      // In an object file the address of a section is 0.
      const offset = value - section.address;
      if (size === 0 || offset < 0 || offset + size > section.size) continue;
      yield { nameAt: view.getUint32(at, littleEndian), offset, size };
    }
  }
}

function readName(reader: Reader, names: ElfSection, at: number): string {
  const offset = names.offset + at;
  const length = Math.min(NAME_BYTES_MAX, names.size - at);
  if (length <= 0 || !fits(reader, offset, length)) return "";
  const bytes = reader.read(offset, length);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}
