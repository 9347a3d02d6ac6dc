/**
 * `ar-padding`: the line feed after a member of odd size in an ar archive.
 *
 * Specification: System V `<ar.h>`; ar(5) of FreeBSD: members start at even
 * offsets, and `\n` fills the gap.
 *
 * Safe because it follows from the size of the member before it: it stands at
 * an odd offset and nowhere else, and has one value.
 *
 * Must not hide: another byte, a byte at an even offset, or padding that is
 * missing at the end of a file; the layout leaves the former content and
 * reports the latter.
 *
 * @module
 */

import type { Field } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

const LINE_FEED = 0x0a;

/** Padding after a member of an ar archive. */
export const arPadding: Normalizer = {
  id: "ar-padding",
  format: "ar",
  action: "derive",
  summary: "padding after members of odd size in ar archives",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 1 && bytes[0] === LINE_FEED;
  },
  derive(_reader: Reader, field: Field): Derivation {
    return field.offset % 2 === 1 ? "agrees" : "disagrees";
  },
};
