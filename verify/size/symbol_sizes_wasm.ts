/**
 * Sizes of the functions of a WebAssembly module: the bytes of each body, by
 * the name that the `name` section gives it.
 *
 * @module
 */

import type { Layout } from "../format/layout.ts";
import { wasmFunctionNames } from "../compare/symbol_at_wasm.ts";
import type { Reader } from "../reader.ts";
import type { SizedSymbol } from "./symbol_sizes.ts";

/** Every function that has a name. */
export function wasmSymbolSizes(reader: Reader, layout: Layout): SizedSymbol[] {
  const found = wasmFunctionNames(reader, layout);
  if (found === undefined) return [];
  return layout.fields.flatMap(({ path, length }) => {
    const body = /^wasm\/code\/function-(\d+)$/.exec(path)?.[1];
    const name = body === undefined
      ? undefined
      : found.names.get(found.imported + Number(body));
    return name === undefined ? [] : [[name, length] as const];
  });
}
