/**
 * `ar-symbol-offset`: the offset of a member in a GNU symbol table.
 *
 * Specification: System V ABI, chapter 7, "Archive File"; GNU binutils for the
 * table of 64 bits.
 *
 * Safe because it follows from the sizes of the members before it: it agrees
 * only when a member's header starts there, and an empty field of content in
 * front of it numbers that member, so both sides point to the same one.
 *
 * Must not hide: a symbol that points to another member, the names, their
 * order or count; these are content or part of the label.
 *
 * @module
 */

import { bigEndian } from "../format/ar_symbols.ts";
import type { Field, Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { fieldIndexAt } from "./field_boundary.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

/** Offset of the member that defines a symbol. */
export const arSymbolOffset: Normalizer = {
  id: "ar-symbol-offset",
  format: "ar",
  action: "derive",
  summary: "member offsets in symbol tables of ar archives",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 4 || bytes.length === 8;
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const value = bigEndian(
      reader.read(field.offset, field.length),
      0,
      field.length,
    );
    const target = layout.fields[fieldIndexAt(layout, value)];
    return target?.offset === value && target.path.endsWith("/header/name")
      ? "agrees"
      : "disagrees";
  },
  show(bytes: Uint8Array): string {
    return String(bigEndian(bytes, 0, bytes.length));
  },
};
