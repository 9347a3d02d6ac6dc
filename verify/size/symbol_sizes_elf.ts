/**
 * Sizes of the symbols of an ELF file in its loaded sections.
 *
 * @module
 */

import { symbolsOf } from "../compare/elf_symbols.ts";
import { readElf } from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";
import type { SizedSymbol } from "./symbol_sizes.ts";

const NO_BITS = 8;
const FLAG_ALLOCATED = 2;

/** Every symbol with a size, section by section. */
export function* elfSymbolSizes(
  reader: Reader,
): Generator<SizedSymbol, void, undefined> {
  for (const section of readElf(reader).sections) {
    if (section.type === NO_BITS || (section.flags & FLAG_ALLOCATED) === 0) {
      continue;
    }
    const symbols = symbolsOf(reader, section);
    if (symbols === undefined) return;
    for (const symbol of symbols.each()) {
      yield [symbols.nameOf(symbol), symbol.size];
    }
  }
}
