/**
 * The normalisers: a list of imports, one field and one file each.
 *
 * @module
 */

import { arGid } from "./ar_gid.ts";
import { arMtime } from "./ar_mtime.ts";
import { arSize } from "./ar_size.ts";
import { arSymbolOffset } from "./ar_symbol_offset.ts";
import { arUid } from "./ar_uid.ts";
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
  arMtime,
  arUid,
  arGid,
  arSize,
  arSymbolOffset,
];

/** The normaliser of an id, if there is one. */
export function normalizerOf(id: string): Normalizer | undefined {
  return NORMALIZERS.find((normalizer) => normalizer.id === id);
}
