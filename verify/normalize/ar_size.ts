/**
 * `ar-size`: the size in a member header of an ar archive.
 *
 * Specification: System V `<ar.h>`, `ar_size`; ar(5) of FreeBSD: 10 bytes,
 * decimal, padded with spaces; with a BSD name its length is included.
 *
 * Safe because it follows from the contents: it is held against the layout and
 * agrees only when the member ends where a field ends. Bytes that came or went
 * are a difference of the contents.
 *
 * Must not hide: another spelling of the number (the layout labels only the
 * shortest as derived), or the size of a file outside of a thin archive.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import { endsField } from "./field_boundary.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

const HEADER_REST_BYTES = 2;

/** Size of a member of an ar archive. */
export const arSize: Normalizer = {
  id: "ar-size",
  format: "ar",
  action: "derive",
  summary: "sizes of members of ar archives, derived from their contents",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 10 &&
      /^(?:0|[1-9]\d*) *$/.test(String.fromCharCode(...bytes));
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const text = String.fromCharCode(
      ...reader.read(field.offset, field.length),
    );
    const end = field.offset + field.length + HEADER_REST_BYTES + Number(text);
    return endsField(layout, end) ? "agrees" : "disagrees";
  },
  show(bytes: Uint8Array): string {
    return `${String.fromCharCode(...bytes).trim()} bytes`;
  },
};
