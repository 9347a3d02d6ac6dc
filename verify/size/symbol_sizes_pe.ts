/**
 * Sizes of the symbols of a PE image that has the table of its linker (PE
 * Format, "COFF Symbol Table"): entries of 18 bytes, each followed by its
 * auxiliary records, the names of more than eight bytes in the string table
 * behind it. Counted are symbols of a section but the section's own, whose
 * auxiliary record describes it.
 *
 * @module
 */

import { PeBytes } from "../format/pe_bytes.ts";
import type { Reader } from "../reader.ts";
import { type PlacedSymbol, symbolDistances } from "./symbol_distances.ts";
import type { SizedSymbol } from "./symbol_sizes.ts";

const SYMBOL_BYTES = 18;
const SECTION_BYTES = 40;
const SYMBOLS_MAX = 2_000_000;
const NAME_BYTES_MAX = 200;
/** Storage classes of code and data: external, static. */
const CLASSES = [2, 3];
const CLASS_STATIC = 3;

/** Every symbol of a section. */
export function peSymbolSizes(reader: Reader): SizedSymbol[] {
  const bytes = new PeBytes(reader);
  if (!bytes.has(0x3c, 4)) return [];
  const header = bytes.u32(0x3c) + 4;
  if (!bytes.has(header, 20)) return [];
  const [table, count] = [bytes.u32(header + 8), bytes.u32(header + 12)];
  if (
    table === 0 || count > SYMBOLS_MAX ||
    !bytes.has(table, count * SYMBOL_BYTES)
  ) return [];
  const bySection = readSymbols(bytes, table, count);
  const sections = header + 20 + bytes.u16(header + 16);
  return [...bySection].flatMap(([number, symbols]) => {
    const at = sections + (number - 1) * SECTION_BYTES;
    if (number > bytes.u16(header + 2) || !bytes.has(at, SECTION_BYTES)) {
      return [];
    }
    const [virtualSize, rawSize] = [bytes.u32(at + 8), bytes.u32(at + 16)];
    return symbolDistances(
      symbols,
      virtualSize === 0 ? rawSize : Math.min(virtualSize, rawSize),
    );
  });
}

function readSymbols(
  bytes: PeBytes,
  table: number,
  count: number,
): Map<number, PlacedSymbol[]> {
  const found = new Map<number, PlacedSymbol[]>();
  const strings = table + count * SYMBOL_BYTES;
  for (let index = 0; index < count; index++) {
    const entry = bytes.copy(table + index * SYMBOL_BYTES, SYMBOL_BYTES);
    const view = new DataView(entry.buffer);
    const auxiliaries = view.getUint8(17);
    index += auxiliaries;
    const [section, type, storage] = [
      view.getInt16(12, true),
      view.getUint16(14, true),
      view.getUint8(16),
    ];
    const isSection = storage === CLASS_STATIC && type === 0 &&
      auxiliaries > 0;
    if (section <= 0 || !CLASSES.includes(storage) || isSection) continue;
    const list = found.get(section) ?? [];
    list.push({
      name: view.getUint32(0, true) === 0
        ? bytes.text(strings + view.getUint32(4, true), NAME_BYTES_MAX) ?? ""
        : String.fromCharCode(...entry.subarray(0, 8)).replace(/\0.*$/s, ""),
      at: view.getUint32(8, true),
    });
    found.set(section, list);
  }
  return found;
}
