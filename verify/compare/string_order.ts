/**
 * Whether two fields hold the same strings, each ended by NUL or a line feed,
 * in another order: what a string table looks like whose inputs came in the
 * order of a hash map or a directory.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";

const FIELD_BYTES_MAX = 4 << 20;
const STRINGS_MIN = 3;

/** Whether the strings are the same and only their order is not. */
export function sameStringsReordered(
  left: FieldSide,
  right: FieldSide,
): boolean {
  const { length } = left.field;
  if (length !== right.field.length || length > FIELD_BYTES_MAX) return false;
  for (const separator of ["\0", "\n"]) {
    const leftStrings = stringsOf(left, separator);
    const rightStrings = stringsOf(right, separator);
    if (
      leftStrings.length >= STRINGS_MIN &&
      leftStrings.length === rightStrings.length &&
      leftStrings.every((text, index) => text === rightStrings[index])
    ) return true;
  }
  return false;
}

function stringsOf({ reader, field }: FieldSide, separator: string): string[] {
  // One character per byte, so that no two strings fold into one.
  const text = new TextDecoder("latin1").decode(
    reader.read(field.offset, field.length),
  );
  return text.split(separator).sort();
}
