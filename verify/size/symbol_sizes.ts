/**
 * How many bytes each symbol of an artifact takes up in it, so that growth can
 * be told by function:
 *
 * - ELF: the size in the symbol table (System V gABI 4.1, `st_size`), for
 *   symbols with one in a loaded section.
 * - WebAssembly: the body of each function that the `name` section names.
 * - Mach-O and PE: their symbols have no size, so that of one is the distance to
 *   the next of its section, as `nm` of Go and LLVM has it. What lies behind a
 *   symbol without one of its own is counted with it.
 *
 * Those of one name are added up, as static functions are. Stripped files give
 * none, and neither do the exports of a PE image: what lies between two of them
 * is most often of neither.
 *
 * @module
 */

import { isElf } from "../format/elf_header.ts";
import { isThinMacho } from "../format/macho_image.ts";
import type { Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { elfSymbolSizes } from "./symbol_sizes_elf.ts";
import { machoSymbolSizes } from "./symbol_sizes_macho.ts";
import { peSymbolSizes } from "./symbol_sizes_pe.ts";
import { wasmSymbolSizes } from "./symbol_sizes_wasm.ts";

/** Symbols that are kept, the largest. */
const KEPT = 1_000;
const NAMES_MAX = 500_000;

/** Sizes of the largest symbols. */
export interface SymbolSizes {
  /** No symbol that is left out is larger; 0 when none is left out. */
  readonly floor: number;
  /** Bytes by name. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** A symbol and its bytes. */
export type SizedSymbol = readonly [name: string, bytes: number];

/** Reads the sizes of symbols; null for a file without any. */
export function symbolSizes(
  reader: Reader,
  layout: Layout,
): SymbolSizes | null {
  const symbols = isElf(reader)
    ? elfSymbolSizes(reader)
    : isThinMacho(reader)
    ? machoSymbolSizes(reader)
    : layout.format === "pe"
    ? peSymbolSizes(reader)
    : layout.format === "wasm"
    ? wasmSymbolSizes(reader, layout)
    : null;
  return symbols === null ? null : largest(symbols);
}

function largest(symbols: Iterable<SizedSymbol>): SymbolSizes | null {
  const sums = new Map<string, number>();
  for (const [name, bytes] of symbols) {
    // Not a name that a document may have.
    if (name === "" || name === "__proto__") continue;
    sums.set(name, (sums.get(name) ?? 0) + bytes);
    if (sums.size > NAMES_MAX) return null;
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
