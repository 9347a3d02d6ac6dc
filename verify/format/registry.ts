/**
 * The formats that have a layout, in the order in which they are tried. Each
 * recognises itself by content alone; at most one is meant to match, and the
 * first that does wins.
 *
 * @module
 */

import { ar } from "./ar.ts";
import type { Format } from "./layout.ts";
import { wasm } from "./wasm.ts";

/** Every format, in detection order. */
export const FORMATS: readonly Format[] = [
  wasm,
  ar,
];
