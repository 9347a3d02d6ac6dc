/**
 * Grammar of the subsections of the `name` section (WebAssembly Core 3.0,
 * appendix "Custom Sections", "Name Section"): a name, a name map with
 * strictly increasing indices, or an indirect name map.
 *
 * @module
 */

import { decodeLeb } from "./wasm_leb.ts";

const INDIRECT = new Set([2, 3, 10]);
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Whether `bytes` are the contents of the name subsection `id`. */
export function isNameSubsection(id: number, bytes: Uint8Array): boolean {
  const end = id === 0
    ? skipName(bytes, 0)
    : INDIRECT.has(id)
    ? skipMap(bytes, 0, (at) => skipMap(bytes, at, (a) => skipName(bytes, a)))
    : skipMap(bytes, 0, (at) => skipName(bytes, at));
  return end === bytes.length;
}

/** Whether `bytes` are the contents of some name subsection. */
export function isAnyNameSubsection(bytes: Uint8Array): boolean {
  return [0, 1, 2].some((id) => isNameSubsection(id, bytes));
}

function skipName(bytes: Uint8Array, at: number): number | undefined {
  const length = decodeLeb(bytes, at);
  if (length === undefined) return undefined;
  const start = at + length.length;
  const end = start + length.value;
  if (end > bytes.length) return undefined;
  try {
    UTF8.decode(bytes.subarray(start, end));
    return end;
  } catch {
    return undefined;
  }
}

function skipMap(
  bytes: Uint8Array,
  start: number,
  skipValue: (at: number) => number | undefined,
): number | undefined {
  const count = decodeLeb(bytes, start);
  if (count === undefined) return undefined;
  let at = start + count.length;
  let previous = -1;
  for (let entry = 0; entry < count.value; entry++) {
    const index = decodeLeb(bytes, at);
    if (index === undefined || index.value <= previous) return undefined;
    previous = index.value;
    const next = skipValue(at + index.length);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}
