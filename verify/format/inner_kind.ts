/**
 * How the file that a member of an archive holds is stored, told from its
 * first bytes: xz (The .xz File Format 1.2.1, section 2.1.1.1), Zstandard
 * (RFC 8878, section 3.1.1), bzip2 (magic of its block format). Everything
 * else is `stored`; a gzip stream has a layout of its own.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Field } from "./layout.ts";

const MAGICS: readonly [NonNullable<Field["inner"]>, readonly number[]][] = [
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/** The form of the file in a range of a reader. */
export function innerKind(
  reader: Reader,
  range: { readonly offset: number; readonly length: number },
): NonNullable<Field["inner"]> {
  const head = reader.read(range.offset, Math.min(range.length, 6));
  for (const [inner, magic] of MAGICS) {
    if (magic.every((byte, index) => head[index] === byte)) return inner;
  }
  return "stored";
}
