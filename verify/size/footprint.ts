/**
 * What the bytes of an artifact are spent on: its size, its parts by the name
 * of their section, and its size without what `strip` takes away. Nothing is
 * run; the layout gives the parts.
 *
 * Stripped means, by format:
 *
 * - ELF: without sections that are not loaded and hold symbols, their names or
 *   debugging data, and without the headers of those. GNU strip leaves as much
 *   but for alignment and the names of the sections.
 * - Mach-O: without the segment `__DWARF` and without the table entries of
 *   local symbols (`mach-o/nlist.h`); their names are left in, so the number is
 *   no lower than what strip leaves.
 * - PE: without debugging sections, the COFF symbol table and its names.
 * - WebAssembly: without `name` and debugging sections.
 * - Everything else has nothing to strip.
 *
 * @module
 */

import { layoutOf } from "../format/detect.ts";
import { isElf, readElf } from "../format/elf_header.ts";
import { isThinMacho, readMacho } from "../format/macho_image.ts";
import type { Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { type SymbolSizes, symbolSizes } from "./symbol_sizes.ts";

const DEBUG = /^\.(?:z?debug_|stab|gdb_index$|gnu\.debuglto_)/;
const SECTION_SYMBOLS = 2;
const SECTION_SYMBOL_INDEX = 18;
const FLAG_ALLOCATED = 2;
const NLIST_STAB = 0xe0;
const NLIST_EXTERNAL = 0x01;
const SYMBOLS_MAX = 4_000_000;
const LC_SYMTAB = 2;

/** What the bytes of one artifact are spent on. */
export interface Footprint {
  /** Bytes as shipped. */
  readonly size: number;
  /** Bytes without symbols and debugging data. */
  readonly stripped: number;
  /** Bytes by part, gaps behind a part included; they add up to the size. */
  readonly parts: Readonly<Record<string, number>>;
  /** Bytes of the largest symbols; null where there are none to tell by. */
  readonly symbols?: SymbolSizes | null | undefined;
}

/** Measures an artifact. */
export function footprint(reader: Reader): Footprint {
  const layout = layoutOf(reader);
  const parts = partsOf(layout);
  const removed = removedBytes(reader, layout, parts);
  return {
    size: reader.size,
    stripped: Math.max(0, reader.size - removed),
    parts: Object.fromEntries([...parts].sort(([a], [b]) => a < b ? -1 : 1)),
    symbols: symbolSizes(reader, layout),
  };
}

function partsOf({ format, fields }: Layout): Map<string, number> {
  const parts = new Map<string, number>();
  for (const { path, length } of fields) {
    if (length === 0) continue;
    const name = (path.split("/")[1] ?? format).replace(/\+gap$/, "");
    parts.set(name, (parts.get(name) ?? 0) + length);
  }
  return parts;
}

function removedBytes(
  reader: Reader,
  { format }: Layout,
  parts: ReadonlyMap<string, number>,
): number {
  const sum = (wanted: (name: string) => boolean) =>
    [...parts].reduce(
      (total, [name, bytes]) => total + (wanted(name) ? bytes : 0),
      0,
    );
  switch (format) {
    case "elf":
      return isElf(reader) ? removedElf(reader, parts) : 0;
    case "pe":
      return sum((name) =>
        DEBUG.test(name) || name === "symbols" || name === "strings"
      );
    case "wasm":
      return sum((name) => DEBUG.test(name) || name === "name");
    case "macho":
      return sum((name) => name.startsWith("__DWARF,")) + localSymbols(reader);
    default:
      return 0;
  }
}

function removedElf(
  reader: Reader,
  parts: ReadonlyMap<string, number>,
): number {
  const { sections, is64 } = readElf(reader);
  const symbols = sections.filter(({ type, flags }) =>
    type === SECTION_SYMBOLS && (flags & FLAG_ALLOCATED) === 0
  );
  const names = new Set(symbols.map(({ link }) => link));
  const gone = sections.filter(({ index, name, type, flags }) =>
    (flags & FLAG_ALLOCATED) === 0 &&
    (type === SECTION_SYMBOLS || type === SECTION_SYMBOL_INDEX ||
      names.has(index) || DEBUG.test(name))
  );
  // A name that a kept section has too says nothing of its bytes.
  const kept = new Set(
    sections.filter((section) => !gone.includes(section))
      .map(({ name }) => name),
  );
  const bytes = [...new Set(gone.map(({ name }) => name))].reduce(
    (total, name) => total + (kept.has(name) ? 0 : parts.get(name) ?? 0),
    0,
  );
  return bytes + gone.length * (is64 ? 64 : 40);
}

/** Bytes of the entries of local and debugging symbols in a thin file. */
function localSymbols(reader: Reader): number {
  if (!isThinMacho(reader)) return 0;
  const image = readMacho(reader);
  const command = image?.commands.find(({ command }) => command === LC_SYMTAB);
  if (image === undefined || command === undefined || command.length < 24) {
    return 0;
  }
  const little = image.bytes.littleEndian;
  const header = view(reader, command.offset, 24);
  const start = header.getUint32(8, little);
  const count = header.getUint32(12, little);
  const step = image.wide ? 16 : 12;
  if (count > SYMBOLS_MAX || start + count * step > reader.size) return 0;
  const table = view(reader, start, count * step);
  let locals = 0;
  for (let index = 0; index < count; index++) {
    const type = table.getUint8(index * step + 4);
    if ((type & NLIST_STAB) !== 0 || (type & NLIST_EXTERNAL) === 0) locals++;
  }
  return locals * step;
}

function view(reader: Reader, offset: number, length: number): DataView {
  return new DataView(reader.read(offset, length).slice().buffer);
}
