/**
 * Which symbols differ. The place of the first difference is named in every
 * format with a table; functions and objects of ELF sections are paired by
 * name too, so that code which only moved is told from code that changed.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { FieldSide } from "./account.ts";
import {
  type ElfSymbol,
  type SectionSymbols,
  symbolsAround,
} from "./elf_symbols.ts";
import { areRangesEqual } from "./range.ts";
import { symbolAt } from "./symbol_at.ts";

const PAIRED_MAX = 100_000;
const NAMED_MAX = 5;
const NAME_LENGTH_MAX = 80;

/**
 * What the symbol tables say of a difference, such as
 * `in "main"+0x1c; 2 of 40 symbols differ: "main", "usage"; 11 moved`.
 *
 * @param start First byte of the field that differs.
 */
export function describeSymbols(
  left: FieldSide,
  right: FieldSide,
  start: number,
): string | undefined {
  const parts: string[] = [];
  const symbol = symbolAt(left, start);
  if (symbol !== undefined) parts.push(`in ${symbol}`);
  const leftSymbols = symbolsAround(left, start);
  const rightSymbols = symbolsAround(
    right,
    Math.min(start, Math.max(0, right.field.length - 1)),
  );
  const pairs = leftSymbols && rightSymbols &&
    pairSymbols({ side: left, symbols: leftSymbols }, {
      side: right,
      symbols: rightSymbols,
    });
  if (pairs !== undefined && pairs.total > 1) {
    const { differing, total, moved, single } = pairs;
    if (differing.length > 0) {
      const names = differing.slice(0, NAMED_MAX).map(shown).join(", ");
      const more = differing.length > NAMED_MAX ? ", …" : "";
      parts.push(
        `${differing.length} of ${total} symbols differ: ${names}${more}`,
      );
    }
    if (moved > 0) parts.push(`${moved} moved unchanged`);
    if (single > 0) parts.push(`${single} on one side only`);
  }
  return parts.length === 0 ? undefined : parts.join("; ");
}

interface Side {
  readonly side: FieldSide;
  readonly symbols: SectionSymbols;
}

interface Pairs {
  readonly differing: string[];
  readonly total: number;
  readonly moved: number;
  readonly single: number;
}

function pairSymbols(left: Side, right: Side): Pairs | undefined {
  const partners = byName(right.symbols);
  const ours = byName(left.symbols);
  if (partners === undefined || ours === undefined) return undefined;
  const differing: string[] = [];
  let moved = 0;
  let single = 0;
  for (const [name, symbol] of ours) {
    const partner = partners.get(name);
    if (partner === undefined) {
      single++;
      continue;
    }
    partners.delete(name);
    const differs = symbol.size === partner.size
      ? !areRangesEqual(rangeOf(left, symbol), rangeOf(right, partner))
      : true;
    if (differs) differing.push(name);
    else if (symbol.offset !== partner.offset) moved++;
  }
  return {
    differing,
    total: ours.size,
    moved,
    single: single + partners.size,
  };
}

function rangeOf({ side, symbols }: Side, symbol: ElfSymbol) {
  return {
    reader: side.reader,
    offset: symbols.section.offset + symbol.offset,
    length: symbol.size,
  };
}

/** Symbols by name, the second of a name with its number. */
function byName(symbols: SectionSymbols): Map<string, ElfSymbol> | undefined {
  const found = new Map<string, ElfSymbol>();
  const places = new Set<number>();
  const counts = new Map<string, number>();
  let bytes = 0;
  for (const symbol of symbols.each()) {
    // Aliases of one place, and tables that lie, are not read twice.
    if (places.has(symbol.offset)) continue;
    places.add(symbol.offset);
    bytes += symbol.size;
    if (found.size >= PAIRED_MAX || bytes > 2 * symbols.section.size) {
      return undefined;
    }
    const name = symbols.nameOf(symbol);
    let count = counts.get(name) ?? 0;
    let label: string;
    do {
      count++;
      label = count === 1 ? name : `${name}#${count}`;
    } while (found.has(label));
    counts.set(name, count);
    found.set(label, symbol);
  }
  return found;
}

function shown(name: string): string {
  return `"${escapeText(name, NAME_LENGTH_MAX)}"`;
}
