/**
 * A short readable value of a place in a file: text where the bytes are text,
 * with the words around the difference, otherwise hexadecimal. Always escaped
 * and bounded.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { textAt } from "./text_at.ts";

const HEX_BYTES_MAX = 24;
const CONTEXT_BYTES = 40;
/** Characters of UTF-16 that are not chance. */
const WIDE_CHARACTERS_MIN = 4;

/** A place in a field. */
export interface Place {
  readonly reader: Reader;
  /** The field; context never leaves it. */
  readonly fieldOffset: number;
  readonly fieldLength: number;
  /** The part that differs. */
  readonly offset: number;
  readonly length: number;
}

/** Shows a place; text is widened to the whole text around it. */
export function showPlace(place: Place): string {
  const { reader, fieldOffset, fieldLength, offset } = place;
  const fieldEnd = fieldOffset + fieldLength;
  const from = Math.max(fieldOffset, offset - CONTEXT_BYTES);
  const to = Math.min(fieldEnd, from + LIMITS.valueBytesMax);
  // Copied, because the text is looked for with reads of its own.
  const around = reader.read(from, to - from).slice();
  const at = offset - from;
  let start = at;
  while (start > 0 && isText(around[start - 1])) start--;
  let end = at;
  while (end < around.length && isText(around[end])) end++;
  const length = Math.min(place.length, to - offset);
  // A text is worth showing when it is long enough not to be chance: longer
  // where it does not cover the difference, shorter where NULs enclose it.
  const covered = end - at >= Math.max(length, 1);
  const whole = (around[start - 1] ?? 0) === 0 && (around[end] ?? 0) === 0;
  const least = covered ? whole ? 3 : 4 : 6;
  const decoded = new TextDecoder().decode(around.subarray(start, end));
  // The ends may cut a character; one in the middle says that it is no text.
  const isBroken = decoded
    .slice(
      start === 0 && from > fieldOffset ? 1 : 0,
      end === around.length && to < fieldEnd ? -1 : undefined,
    )
    .includes("\ufffd");
  if (end > at && end - start >= least && !isBroken) {
    const text = escapeText(decoded);
    return covered ? `"${text}"` : `"${text}"… (${place.length} bytes)`;
  }
  const wide = textAt({
    reader,
    field: { offset: fieldOffset, length: fieldLength },
  }, offset - fieldOffset);
  if (wide.length >= WIDE_CHARACTERS_MIN && around[at + 1] === 0) {
    const text = escapeText(wide, LIMITS.valueBytesMax);
    return length <= 2 * wide.length
      ? `"${text}" (UTF-16)`
      : `"${text}"… (UTF-16, ${place.length} bytes)`;
  }
  if (length === 0) return place.length === 0 ? "nothing" : "";
  return showHex(around.subarray(at, at + length), place.length);
}

/** Hexadecimal, bounded, with the number of bytes not shown. */
export function showHex(bytes: Uint8Array, total = bytes.length): string {
  const shown = bytes.subarray(0, HEX_BYTES_MAX);
  const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return total > shown.length ? `0x${hex}… (${total} bytes)` : `0x${hex}`;
}

/** Printable ASCII, or a byte of a longer UTF-8 character. */
function isText(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte !== 0x7f && byte < 0xf5 &&
    byte !== 0xc0 && byte !== 0xc1;
}
