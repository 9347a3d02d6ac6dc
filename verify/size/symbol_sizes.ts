/**
 * How many bytes each symbol of an ELF file takes up in it (System V ABI,
 * "Symbol Table": `st_size`), so that growth can be told by function. Only
 * symbols with a size in a loaded section count; those of one name are added
 * up, as static functions are. Stripped files, and formats whose symbols have
 * no size, give none.
 *
 * @module
 */

import { symbolsOf } from "../compare/elf_symbols.ts";
import { isElf, readElf } from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";

/** Symbols that are kept, the largest. */
const KEPT = 1_000;
const NAMES_MAX = 500_000;
const NO_BITS = 8;
const FLAG_ALLOCATED = 2;

/** Sizes of the largest symbols. */
export interface SymbolSizes {
  /** No symbol that is left out is larger; 0 when none is left out. */
  readonly floor: number;
  /** Bytes by name. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Reads the sizes of symbols; null for a file without any. */
export function symbolSizes(reader: Reader): SymbolSizes | null {
  if (!isElf(reader)) return null;
  const sums = new Map<string, number>();
  for (const section of readElf(reader).sections) {
    if (section.type === NO_BITS || (section.flags & FLAG_ALLOCATED) === 0) {
      continue;
    }
    const symbols = symbolsOf(reader, section);
    if (symbols === undefined) return null;
    for (const symbol of symbols.each()) {
      const name = symbols.nameOf(symbol);
      // Not a name that a document may have.
      if (name === "" || name === "__proto__") continue;
      sums.set(name, (sums.get(name) ?? 0) + symbol.size);
      if (sums.size > NAMES_MAX) return null;
    }
  }
  if (sums.size === 0) return null;
  const order = [...sums].sort(([a, left], [b, right]) =>
    right - left || (a < b ? -1 : 1)
  );
  return {
    floor: order[KEPT]?.[1] ?? 0,
    sizes: Object.fromEntries(order.slice(0, KEPT)),
  };
}
