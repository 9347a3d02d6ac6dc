/**
 * `wasm-length`: the size of a section or subsection, or the length of a text,
 * as an unsigned LEB128 number in front of what it measures.
 *
 * Specification: WebAssembly Core 3.0, sections 5.5.2 (sections: "u32 size of
 * the contents in bytes"), 5.2.4 (names) and 5.2.2 (LEB128).
 *
 * Safe because the number follows from the bytes after it: it is recomputed
 * from the layout, and agrees only when what it measures ends where a field
 * ends. A change of length alone cannot pass: bytes that came or went are a
 * difference of their own field.
 *
 * Must not hide: an encoding of another width. The layout marks each width that
 * is not the shortest with an empty field of content, which then is missing on
 * one side.
 *
 * @module
 */

import { decodeLeb } from "../format/wasm_leb.ts";
import type { Field, Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { endsField } from "./field_boundary.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

/** The length of what follows it. */
export const wasmLength: Normalizer = {
  id: "wasm-length",
  format: "wasm",
  action: "derive",
  summary: "sizes of WebAssembly sections, derived from their contents",
  valid(bytes: Uint8Array): boolean {
    return decodeLeb(bytes, 0)?.length === bytes.length;
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const leb = decodeLeb(reader.read(field.offset, field.length), 0);
    if (leb === undefined) return "disagrees";
    const end = field.offset + field.length + leb.value;
    return endsField(layout, end) ? "agrees" : "disagrees";
  },
  show(bytes: Uint8Array): string {
    return `${decodeLeb(bytes, 0)?.value ?? "?"} bytes`;
  },
};
