/**
 * One pass over Zstandard frames (RFC 8878). The decoder does not say where a
 * frame ends or whether the last one was whole, so the frames are walked by
 * their block headers first: the stream is `sound` when whole frames fill its
 * bytes exactly. Skippable frames are not sound here, because decoders pass
 * over what they hold.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { ZstdDecoder } from "./inflate.ts";
import type { DecodedStream } from "./source.ts";

const PIECE_BYTES = 128 << 10;
const SMALL_PIECE_BYTES = 4 << 10;
const MAGIC = 0xfd2fb528;

/** Decodes all frames in order. */
export class ZstdStream implements DecodedStream {
  /** Its context is large. */
  readonly passCost = 64 << 10;
  readonly #reader: Reader;
  /** Made when it is first needed. */
  #decoder: ZstdDecoder | undefined;
  readonly #output: Uint8Array;
  #at = 0;
  #done = false;
  #failed = false;

  constructor(reader: Reader) {
    this.#reader = reader;
    // Archives hold many small streams.
    this.#output = new Uint8Array(
      Math.min(PIECE_BYTES, SMALL_PIECE_BYTES + 16 * reader.size),
    );
  }

  /** Whether the pass decoded whole frames that fill the bytes exactly. */
  get sound(): boolean {
    return this.#done && !this.#failed && areWholeFrames(this.#reader);
  }

  next(): Uint8Array | undefined {
    while (!this.#done) {
      const left = this.#reader.size - this.#at;
      const decoder = this.#decoder ??= new ZstdDecoder();
      const { used, produced, state } = decoder.step(
        this.#reader.read(this.#at, Math.min(PIECE_BYTES, left)),
        this.#output,
      );
      this.#at += used;
      if (state === "invalid") {
        this.#failed = true;
        this.#stop();
      } else if (used === 0 && produced === 0) {
        this.#failed = left > 0;
        this.#stop();
      }
      if (produced > 0) return this.#output.subarray(0, produced);
    }
    return undefined;
  }

  #stop(): void {
    this.#done = true;
    this.#decoder?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (!this.#done) this.#stop();
  }
}

/** Walks frame and block headers, RFC 8878 sections 3.1.1.1 and 3.1.1.2. */
function areWholeFrames(reader: Reader): boolean {
  let at = 0;
  let frames = 0;
  let blocks = 0;
  while (at < reader.size) {
    if (++frames > LIMITS.gzipMembersMax || reader.size - at < 6) return false;
    const head = reader.read(at, 6);
    const magic = new DataView(head.buffer, head.byteOffset, 6)
      .getUint32(0, true);
    if (magic !== MAGIC) return false;
    const descriptor = head[4] ?? 0;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const hasChecksum = (descriptor & 0x04) !== 0;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0
      ? (isSingleSegment ? 1 : 0)
      : 1 << sizeFlag;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    at += 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
    for (let last = false; !last;) {
      if (++blocks > LIMITS.layoutFieldsMax || reader.size - at < 3) {
        return false;
      }
      const block = reader.read(at, 3);
      const header = (block[0] ?? 0) | (block[1] ?? 0) << 8 |
        (block[2] ?? 0) << 16;
      last = (header & 1) !== 0;
      const type = (header >> 1) & 3;
      // A run-length block stores one byte; type 3 is reserved.
      if (type === 3) return false;
      at += 3 + (type === 1 ? 1 : header >> 3);
    }
    if (hasChecksum) at += 4;
  }
  return at === reader.size && frames > 0;
}
