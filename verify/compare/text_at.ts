/**
 * The text around a place in a field: the printable bytes before and behind,
 * up to the NUL or control character that ends them; where each has a zero
 * behind it, the text in UTF-16, as .NET and AssemblyScript store theirs.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

const REACH_BYTES = 512;

/** Where a text may lie. */
interface TextField {
  readonly reader: Reader;
  readonly field: { readonly offset: number; readonly length: number };
}

/** The text around the byte at `start` of a field; empty when there is none. */
export function textAt({ reader, field }: TextField, start: number): string {
  const at = Math.min(start, field.length);
  const from = Math.max(0, at - REACH_BYTES);
  const to = Math.min(field.length, at + REACH_BYTES);
  const bytes = reader.read(field.offset + from, to - from);
  let first = at - from;
  while (first > 0 && isPrintable(bytes[first - 1])) first--;
  let last = at - from;
  while (last < bytes.length && isPrintable(bytes[last])) last++;
  return last - first > 1
    ? new TextDecoder().decode(bytes.subarray(first, last))
    : wideTextAt(bytes, at - from);
}

/** The text in UTF-16, of units that are ASCII. */
function wideTextAt(bytes: Uint8Array, at: number): string {
  const isUnit = (place: number) =>
    place >= 0 && isPrintable(bytes[place]) && (bytes[place] ?? 0) < 0x7f &&
    bytes[place + 1] === 0;
  let first = isUnit(at) ? at : at - 1;
  if (!isUnit(first)) return "";
  let last = first;
  while (isUnit(first - 2)) first -= 2;
  while (isUnit(last)) last += 2;
  return new TextDecoder("utf-16le").decode(bytes.subarray(first, last));
}

/**
 * The longest text in a range and the byte in front of it: texts that differ
 * often begin alike. Empty when the range is long or holds no text.
 */
export function textOf(
  { reader, field }: TextField,
  start: number,
  length: number,
): string {
  if (length === 0 || length > REACH_BYTES) return "";
  const from = Math.max(0, start - 1);
  const bytes = reader.read(field.offset + from, start + length - from);
  let longest = bytes.subarray(0, 0);
  for (let at = 0; at < bytes.length; at++) {
    const from = at;
    while (at < bytes.length && isPrintable(bytes[at])) at++;
    if (at - from > longest.length) longest = bytes.subarray(from, at);
  }
  return new TextDecoder().decode(longest);
}

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && (byte >= 0x20 || byte === 0x09) && byte !== 0x7f;
}
