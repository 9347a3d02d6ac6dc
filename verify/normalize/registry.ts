/**
 * The normalisers: a list of imports, one field and one file each.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { wasmBuildId } from "./wasm_build_id.ts";
import { wasmGoBuildId } from "./wasm_go_build_id.ts";
import { wasmLength } from "./wasm_length.ts";
import { wasmName } from "./wasm_name.ts";
import { wasmProducers } from "./wasm_producers.ts";

/** Every normaliser, in the order of the reports. */
export const NORMALIZERS: readonly Normalizer[] = [
  wasmBuildId,
  wasmGoBuildId,
  wasmLength,
  wasmName,
  wasmProducers,
];

/** The normaliser of an id, if there is one. */
export function normalizerOf(id: string): Normalizer | undefined {
  return NORMALIZERS.find((normalizer) => normalizer.id === id);
}
