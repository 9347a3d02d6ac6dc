/**
 * Function bodies and data segments of a WebAssembly module (WebAssembly Core
 * 3.0, sections 5.5.13 and 5.5.14): one field for each, so that a difference
 * names the function or segment that it is in. A body's size is part of its
 * field; nothing here is anything but content.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import { skipConstantExpression } from "./wasm_expression.ts";
import type { WasmCursor } from "./wasm_cursor.ts";
import { readLeb } from "./wasm_leb.ts";

/** Sections with more parts than this are one field: a layout has a limit. */
const PARTS_MAX = LIMITS.layoutFieldsMax / 4;

/** Takes the contents of the code section. */
export function takeBodies(section: WasmCursor, label: string): void {
  takeParts(section, `${label}/function`, (at) => {
    const size = readLeb(section.reader, at, section.end);
    return size === undefined ? undefined : at + size.length + size.value;
  });
  section.takeRest(`${label}/contents`);
}

/** Takes the contents of the data section. */
export function takeSegments(section: WasmCursor, label: string): void {
  takeParts(section, `${label}/segment`, (start) => {
    const mode = readLeb(section.reader, start, section.end);
    if (mode === undefined || mode.value > 2) return undefined;
    let at: number | undefined = start + mode.length;
    if (mode.value === 2) {
      const memory = readLeb(section.reader, at, section.end);
      if (memory === undefined) return undefined;
      at += memory.length;
    }
    if (mode.value !== 1) {
      at = skipConstantExpression(section.reader, at, section.end);
      if (at === undefined) return undefined;
    }
    const size = readLeb(section.reader, at, section.end);
    return size === undefined ? undefined : at + size.length + size.value;
  });
  section.takeRest(`${label}/contents`);
}

/** Takes a count and that many parts; takes nothing when they do not fit. */
function takeParts(
  section: WasmCursor,
  label: string,
  endOf: (start: number) => number | undefined,
): void {
  const count = section.peekLeb();
  if (count === undefined || count.value > PARTS_MAX) return;
  const ends: number[] = [];
  let at = section.offset + count.length;
  for (let index = 0; index < count.value; index++) {
    const end = endOf(at);
    if (end === undefined || end > section.end) return;
    ends.push(end);
    at = end;
  }
  if (at !== section.end) return;
  section.take(`${label}-count`, "content", count.length);
  for (const [index, end] of ends.entries()) {
    section.take(`${label}-${index}`, "content", end - section.offset);
  }
}
