/**
 * A log as blocks of whole lines in UTF-8, in constant memory. Logs come in
 * UTF-8, or in UTF-16 as some shells of Windows write them: with a byte order
 * mark, or without one but with a zero in every other byte.
 *
 * A line longer than a block is passed on in pieces and said to be cut.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Reader } from "../reader.ts";

const BLOCK_BYTES = 1 << 20;
const LINE_FEED = 10;

/** Whole lines, the last one maybe without its end. */
export interface LogBlock {
  readonly bytes: Buffer;
  /** Whether a line was cut in two. */
  readonly cut: boolean;
}

/** Reads a log; each block is valid until the next one is asked for. */
export function logBlocks(reader: Reader): Generator<LogBlock> {
  const head = reader.size < 4 ? new Uint8Array(0) : reader.read(0, 4).slice();
  const wide = head[0] === 0xff && head[1] === 0xfe ||
      head[0] !== 0 && head[1] === 0 && head[2] !== 0 && head[3] === 0
    ? "utf-16le"
    : head[0] === 0xfe && head[1] === 0xff ||
        head[0] === 0 && head[1] !== 0 && head[2] === 0 && head[3] !== 0
    ? "utf-16be"
    : null;
  return wide === null ? narrowBlocks(reader) : wideBlocks(reader, wide);
}

function* narrowBlocks(reader: Reader): Generator<LogBlock> {
  let offset = 0;
  while (offset < reader.size) {
    const length = Math.min(BLOCK_BYTES, reader.size - offset);
    const view = reader.read(offset, length);
    const bytes = Buffer.from(view.buffer, view.byteOffset, length);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    const last = offset + length === reader.size;
    const take = last || end === 0 ? length : end;
    yield { bytes: bytes.subarray(0, take), cut: !last && end === 0 };
    offset += take;
  }
}

function* wideBlocks(
  reader: Reader,
  encoding: "utf-16le" | "utf-16be",
): Generator<LogBlock> {
  const decoder = new TextDecoder(encoding);
  let rest = "";
  for (let offset = 0; offset < reader.size; offset += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, reader.size - offset);
    const last = offset + length === reader.size;
    const text = rest +
      decoder.decode(reader.read(offset, length).slice(), { stream: !last });
    const end = text.lastIndexOf("\n") + 1;
    const take = last || end === 0 ? text.length : end;
    yield {
      bytes: Buffer.from(text.slice(0, take)),
      cut: !last && end === 0,
    };
    rest = text.slice(take);
  }
}
