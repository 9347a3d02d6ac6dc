/**
 * Names that do not fit a header, and the COFF symbol and string tables.
 *
 * Specification: PE Format, "COFF Symbol Table", "COFF String Table",
 * "Section Table (Section Headers)": a name of more than eight bytes is a
 * slash and the decimal offset of the name in the string table. LLVM writes
 * offsets past 9 999 999 as two slashes and base 64; those stay as they are.
 *
 * @module
 */

import { isPrintable, type PeBytes } from "./pe_bytes.ts";
import type { ClaimMap } from "./pe_claims.ts";

const NAME_LENGTH_MAX = 128;

/** Place of the symbol and string tables. */
export interface SymbolTables {
  /** Offset of the string table, or 0 without one. */
  readonly strings: number;
  /** End of the string table. */
  readonly stringsEnd: number;
}

/**
 * Claims the symbol table at `offset` and the string table behind it.
 */
export function claimSymbols(
  map: ClaimMap,
  bytes: PeBytes,
  options: {
    readonly offset: number;
    readonly count: number;
    readonly symbolBytes: number;
    /** `part` in images, where a section may hold the tables (Go: .symtab). */
    readonly rank: "region" | "part";
  },
): SymbolTables {
  const none = { strings: 0, stringsEnd: 0 };
  const { offset, count, symbolBytes, rank } = options;
  if (offset === 0) return none;
  const strings = offset + count * symbolBytes;
  if (!bytes.has(offset, count * symbolBytes)) {
    map.problem(
      "layout-out-of-range",
      ["symbols", offset],
      `expected ${count} symbols of ${symbolBytes} bytes at ${offset} inside ` +
        `a file of ${bytes.size} bytes`,
    );
    return none;
  }
  map.name(rank, "symbols", [offset, count * symbolBytes]);
  // Without the four bytes of its size there is no string table; an image
  // without symbols may end right here.
  if (strings === bytes.size) return none;
  if (!bytes.has(strings, 4)) {
    map.problem(
      "layout-truncated",
      ["strings", strings],
      `expected the size of the string table, found the end of the file`,
    );
    return none;
  }
  const size = bytes.u32(strings);
  if (size !== 0 && (size < 4 || !bytes.has(strings, size))) {
    map.problem(
      "layout-out-of-range",
      ["strings", strings],
      `expected a string table inside a file of ${bytes.size} bytes, found ` +
        `${size} bytes at ${strings}`,
    );
    return none;
  }
  const length = Math.max(4, size);
  map.name(rank, "strings", [strings, length]);
  map.frame("strings/size", [strings, 4]);
  return { strings, stringsEnd: strings + length };
}

/** Name of a section as a label: no separator, never empty. */
export function sectionLabel(
  bytes: PeBytes,
  offset: number,
  tables: SymbolTables,
): string {
  const raw = bytes.copy(offset, 8);
  const end = raw.indexOf(0);
  const short = String.fromCharCode(...raw.subarray(0, end < 0 ? 8 : end));
  const index = /^\/(\d{1,7})$/.exec(short)?.[1];
  let name = short;
  if (index !== undefined && tables.strings > 0) {
    const at = tables.strings + Number(index);
    const long = at < tables.stringsEnd
      ? bytes.text(at, Math.min(NAME_LENGTH_MAX, tables.stringsEnd - at))
      : null;
    if (long !== null && isPrintable(long)) name = long;
  }
  return name === "" ? "unnamed" : name.replaceAll("/", "%2f");
}
