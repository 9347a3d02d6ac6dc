/**
 * The symbol that covers a place in an ELF section: the name that a person
 * looks for. From `.symtab`, else `.dynsym` (System V gABI 4.1, "Symbol
 * Table"). Mach-O and WebAssembly have their own tables.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import {
  type ElfHeaders,
  type ElfSection,
  fits,
  readElf,
} from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";
import type { FieldSide } from "./account.ts";
import { machoSymbolAt } from "./symbol_at_macho.ts";
import { wasmFunctionAt } from "./symbol_at_wasm.ts";

const SYMBOL_TABLE = 2;
const DYNAMIC_SYMBOLS = 11;
const ALLOCATED = 2;
const SYMBOLS_MAX = 2_000_000;
const NAME_BYTES_MAX = 200;

/** `"main"+0x1c`, or undefined when no symbol covers the place. */
export function symbolAt(
  side: FieldSide,
  start: number,
): string | undefined {
  const { reader, field, layout } = side;
  if (layout.format === "wasm") return wasmFunctionAt(side, start);
  if (layout.format === "macho") return machoSymbolAt(side, start);
  if (layout.format !== "elf") return undefined;
  const headers = readElf(reader);
  const place = field.offset + start;
  const section = headers.sections.find(({ offset, size, flags, type }) =>
    type !== 8 && (flags & ALLOCATED) !== 0 && place >= offset &&
    place < offset + size
  );
  if (section === undefined) return undefined;
  for (const type of [SYMBOL_TABLE, DYNAMIC_SYMBOLS]) {
    const table = headers.sections.find((other) => other.type === type);
    const names = table && headers.sections[table.link];
    if (table === undefined || names === undefined) continue;
    if (!fits(reader, table.offset, table.size)) continue;
    const found = search(reader, headers, {
      table,
      names,
      section,
      offset: place - section.offset,
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

function search(
  reader: Reader,
  { is64, littleEndian }: ElfHeaders,
  { table, names, section, offset }: {
    table: ElfSection;
    names: ElfSection;
    section: ElfSection;
    offset: number;
  },
): string | undefined {
  const entry = is64 ? 24 : 16;
  const count = Math.min(Math.floor(table.size / entry), SYMBOLS_MAX);
  const perChunk = 4096;
  for (let from = 0; from < count; from += perChunk) {
    const length = Math.min(perChunk, count - from);
    const bytes = reader.read(table.offset + from * entry, length * entry);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let index = 0; index < length; index++) {
      const at = index * entry;
      const home = view.getUint16(at + (is64 ? 6 : 14), littleEndian);
      if (home !== section.index) continue;
      const value = is64
        ? Number(view.getBigUint64(at + 8, littleEndian))
        : view.getUint32(at + 4, littleEndian);
      const size = is64
        ? Number(view.getBigUint64(at + 16, littleEndian))
        : view.getUint32(at + 8, littleEndian);
      // In an object file values count from the section, else they are
      // addresses.
      const begin = value - section.address;
      if (size === 0 || offset < begin || offset >= begin + size) continue;
      const name = nameAt(reader, names, view.getUint32(at, littleEndian));
      return `${name}+0x${(offset - begin).toString(16)}`;
    }
  }
  return undefined;
}

function nameAt(reader: Reader, names: ElfSection, at: number): string {
  const offset = names.offset + at;
  const length = Math.min(NAME_BYTES_MAX, names.size - at);
  if (length <= 0 || !fits(reader, offset, length)) return "a symbol";
  const bytes = reader.read(offset, length);
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(
    end === -1 ? bytes : bytes.subarray(0, end),
  );
  return `"${escapeText(text)}"`;
}
