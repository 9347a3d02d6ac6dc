/**
 * Comparison of bytes in memory, for tests.
 *
 * @module
 */

import type {
  CompareOptions,
  Comparison,
} from "../../verify/compare/comparison.ts";
import { compareReaders } from "../../verify/compare/compare_readers.ts";
import { MemoryReader } from "../../verify/reader.ts";

/** Compares two byte arrays. */
export function compareBytes(
  left: Uint8Array,
  right: Uint8Array,
  options: CompareOptions = {},
): Promise<Comparison> {
  return compareReaders(
    { label: "left", reader: new MemoryReader(left) },
    { label: "right", reader: new MemoryReader(right) },
    options,
  );
}

/** A copy with one byte changed. */
export function flip(bytes: Uint8Array, at: number, mask = 0xff): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}
