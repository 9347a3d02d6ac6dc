/**
 * Whether two fields hold the same strings, each ended by NUL or a line feed,
 * in another order: what a string table looks like whose inputs came in the
 * order of a hash map or a directory.
 *
 * Strings in another order are the same bytes in another order, so each value
 * of a byte is counted first; nearly all fields end there, before any string
 * is made. What stands between zeros in a table of numbers is no string: most
 * of the bytes must be texts.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";

const FIELD_BYTES_MAX = 4 << 20;
const CHUNK_BYTES = 64 << 10;
const STRINGS_MIN = 3;

/** Whether the strings are the same and only their order is not. */
export function sameStringsReordered(
  left: FieldSide,
  right: FieldSide,
): boolean {
  const { length } = left.field;
  if (length !== right.field.length || length > FIELD_BYTES_MAX) return false;
  if (!sameByteCounts(left, right)) return false;
  for (const separator of ["\0", "\n"]) {
    const leftStrings = stringsOf(left, separator);
    const rightStrings = stringsOf(right, separator);
    if (
      leftStrings.length >= STRINGS_MIN && areTexts(leftStrings, length) &&
      leftStrings.length === rightStrings.length &&
      leftStrings.every((text, index) => text === rightStrings[index])
    ) return true;
  }
  return false;
}

/** Whether printable strings fill most of a field. */
function areTexts(strings: readonly string[], bytes: number): boolean {
  const texts = strings.filter((text) => /^[\x20-\x7e\t]+$/.test(text));
  const length = texts.reduce((sum, text) => sum + text.length + 1, 0);
  return texts.length >= STRINGS_MIN && 2 * length > bytes;
}

/** Whether both fields hold each value of a byte equally often. */
function sameByteCounts(left: FieldSide, right: FieldSide): boolean {
  const counts = new Int32Array(256);
  const add = ({ reader, field }: FieldSide, by: 1 | -1) => {
    for (let at = 0; at < field.length; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, field.length - at);
      const bytes = reader.read(field.offset + at, length);
      for (let index = 0; index < length; index++) {
        const byte = bytes[index] ?? 0;
        counts[byte] = (counts[byte] ?? 0) + by;
      }
    }
  };
  add(left, 1);
  add(right, -1);
  return counts.every((count) => count === 0);
}

function stringsOf({ reader, field }: FieldSide, separator: string): string[] {
  // One character per byte, so that no two strings fold into one.
  const text = new TextDecoder("latin1").decode(
    reader.read(field.offset, field.length),
  );
  return text.split(separator).sort();
}
