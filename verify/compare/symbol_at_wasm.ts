/**
 * The name of the WebAssembly function that a difference is in: from the
 * `name` section (WebAssembly Core 3.0, appendix "Name Section"), where
 * functions are counted with the imported ones first (section 2.5.1).
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Field, Layout } from "../format/layout.ts";
import { decodeLeb } from "../format/wasm_leb.ts";
import type { Reader } from "../reader.ts";

const NAME_LENGTH_MAX = 200;
const SECTION_BYTES_MAX = 32 << 20;

/** `"main"+0x1c`, or undefined when the module does not name the function. */
export function wasmFunctionAt(
  { reader, field, layout }: {
    readonly reader: Reader;
    readonly field: Field;
    readonly layout: Layout;
  },
  start: number,
): string | undefined {
  const body = /^wasm\/code\/function-(\d+)$/.exec(field.path)?.[1];
  if (body === undefined) return undefined;
  const found = wasmFunctionNames(reader, layout);
  const name = found?.names.get(found.imported + Number(body));
  return name === undefined
    ? undefined
    : `"${escapeText(name, NAME_LENGTH_MAX)}"+0x${start.toString(16)}`;
}

/**
 * The names of functions by their number, and how many of those numbers are
 * imported ones; undefined for a module that names none.
 */
export function wasmFunctionNames(
  reader: Reader,
  layout: Layout,
):
  | { readonly imported: number; readonly names: ReadonlyMap<number, string> }
  | undefined {
  const imported = importedFunctions(
    bytesOf(reader, layout, "wasm/import/contents") ?? Uint8Array.of(0),
  );
  const bytes = bytesOf(reader, layout, "wasm/name/function/names");
  if (imported === undefined || bytes === undefined) return undefined;
  const names = namesIn(bytes);
  return names === undefined ? undefined : { imported, names };
}

function bytesOf(
  reader: Reader,
  layout: Layout,
  path: string,
): Uint8Array | undefined {
  const field = layout.fields.find((one) => one.path === path);
  if (field === undefined || field.length > SECTION_BYTES_MAX) return undefined;
  return reader.read(field.offset, field.length).slice();
}

/** How many functions a module imports, or undefined for unknown imports. */
function importedFunctions(bytes: Uint8Array): number | undefined {
  const count = decodeLeb(bytes, 0);
  if (count === undefined) return undefined;
  let at = count.length;
  let functions = 0;
  const skip = () => {
    const number = decodeLeb(bytes, at);
    at += number?.length ?? bytes.length;
    return number?.value ?? 0;
  };
  const skipLimits = () => {
    const flags = bytes[at++] ?? 0;
    skip();
    if ((flags & 1) !== 0) skip();
  };
  for (let index = 0; index < count.value; index++) {
    for (let name = 0; name < 2; name++) at += skip();
    if (at >= bytes.length) return undefined;
    const kind = bytes[at++];
    if (kind === 0) {
      functions++;
      skip();
    } else if (kind === 1) {
      at++;
      skipLimits();
    } else if (kind === 2) skipLimits();
    else if (kind === 3) at += 2;
    else return undefined;
  }
  return at === bytes.length ? functions : undefined;
}

function namesIn(bytes: Uint8Array): Map<number, string> | undefined {
  const names = new Map<number, string>();
  const count = decodeLeb(bytes, 0);
  if (count === undefined) return undefined;
  let at = count.length;
  for (let entry = 0; entry < count.value; entry++) {
    const index = decodeLeb(bytes, at);
    const length = index && decodeLeb(bytes, at + index.length);
    if (index === undefined || length === undefined) return undefined;
    const start = at + index.length + length.length;
    at = start + length.value;
    if (at > bytes.length) return undefined;
    names.set(index.value, decoder.decode(bytes.subarray(start, at)));
  }
  return names;
}

const decoder = new TextDecoder();
