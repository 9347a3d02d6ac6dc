/**
 * Texts in UTF-16, little-endian, as Windows and .NET keep them: runs of
 * printable characters around a mark. Only characters of one byte are looked
 * at, which is all that a build-info line needs.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { ByteSearch } from "./byte_search.ts";

/** A run of characters that holds the mark. */
export interface WideText {
  readonly text: string;
  /** Index of the mark in the text. */
  readonly before: number;
  /** Bytes from the start of the file to the text. */
  readonly offset: number;
}

const CHUNK_BYTES = 1 << 20;

/** Every text around a mark, each once, in memory that does not grow. */
export function* wideTexts(
  reader: Reader,
  mark: string,
): Generator<WideText, void, undefined> {
  // Without its last byte, a zero, of which files are full.
  const needle = new Uint8Array(2 * mark.length - 1);
  for (let index = 0; index < mark.length; index++) {
    needle[2 * index] = mark.charCodeAt(index);
  }
  const search = new ByteSearch(needle);
  const reach = 2 * LIMITS.buildInfoBytesMax;
  for (let start = 0; start < reader.size; start += CHUNK_BYTES) {
    // With what lies around the chunk, so that no text is cut by its ends.
    const low = Math.max(0, start - reach);
    const high = Math.min(reader.size, start + CHUNK_BYTES + reach);
    const bytes = reader.read(low, high - low);
    const first = start - low;
    const last = Math.min(first + CHUNK_BYTES, bytes.length);
    for (let from = first;;) {
      const hit = search.next(bytes, from);
      if (hit === -1 || hit >= last) break;
      let begin = hit;
      while (
        begin - 2 >= 0 && hit - begin < reach && isText(bytes, begin - 2)
      ) begin -= 2;
      let end = hit + needle.length - 1;
      while (end - hit < reach && isText(bytes, end)) end += 2;
      yield {
        text: latin(bytes, begin, end),
        before: (hit - begin) / 2,
        offset: low + begin,
      };
      from = end;
    }
  }
}

function isText(bytes: Uint8Array, at: number): boolean {
  const low = bytes[at] ?? 0;
  return bytes[at + 1] === 0 && low >= 0x20 && low < 0x7f;
}

function latin(bytes: Uint8Array, begin: number, end: number): string {
  let text = "";
  for (let at = begin; at < end; at += 2) {
    text += String.fromCharCode(bytes[at] ?? 0);
  }
  return text;
}
