/**
 * Sizes of symbols that have none: each reaches to the next of its section, or
 * to the end of it. Of several at one place one counts, by its name.
 *
 * @module
 */

import type { SizedSymbol } from "./symbol_sizes.ts";

/** A symbol at its place. */
export interface PlacedSymbol {
  readonly name: string;
  /** Bytes from the start of its section. */
  readonly at: number;
}

/**
 * The distances of the symbols of one section.
 *
 * @param bytes Bytes of the section in the file.
 */
export function symbolDistances(
  symbols: readonly PlacedSymbol[],
  bytes: number,
): SizedSymbol[] {
  const inside = symbols.filter(({ at }) => at >= 0 && at < bytes)
    .sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
    .filter(({ at }, index, all) => at !== all[index - 1]?.at);
  return inside.map(({ name, at }, index) => [
    name,
    (inside[index + 1]?.at ?? bytes) - at,
  ]);
}
