/**
 * The symbol that covers a place: the name that a person looks for. ELF files
 * name it in `.symtab` or `.dynsym`; Mach-O and WebAssembly have their own
 * tables.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { FieldSide } from "./account.ts";
import { symbolsAround } from "./elf_symbols.ts";
import { machoSymbolAt } from "./symbol_at_macho.ts";
import { wasmFunctionAt } from "./symbol_at_wasm.ts";

/** `"main"+0x1c`, or undefined when no symbol covers the place. */
export function symbolAt(side: FieldSide, start: number): string | undefined {
  switch (side.layout.format) {
    case "elf":
      return elfSymbolAt(side, start);
    case "macho":
      return machoSymbolAt(side, start);
    case "wasm":
      return wasmFunctionAt(side, start);
    default:
      return undefined;
  }
}

function elfSymbolAt(side: FieldSide, start: number): string | undefined {
  const symbols = symbolsAround(side, start);
  if (symbols === undefined) return undefined;
  const at = side.field.offset + start - symbols.section.offset;
  for (const symbol of symbols.each()) {
    if (at < symbol.offset || at >= symbol.offset + symbol.size) continue;
    const name = escapeText(symbols.nameOf(symbol));
    return `"${name}"+0x${(at - symbol.offset).toString(16)}`;
  }
  return undefined;
}
