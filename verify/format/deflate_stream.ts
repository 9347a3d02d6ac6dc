/**
 * One pass over a raw deflate stream of known length, such as a zip entry.
 * Bytes that do not decode, and bytes behind the end of the stream, end the
 * pass with `sound` false; what was decoded up to there still counts.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { RawInflater } from "./inflate.ts";
import type { DecodedStream } from "./source.ts";

const PIECE_BYTES = 128 << 10;
const SMALL_PIECE_BYTES = 4 << 10;

/** Decodes one raw deflate stream. */
export class DeflateStream implements DecodedStream {
  readonly #reader: Reader;
  readonly #inflater = new RawInflater();
  readonly #output: Uint8Array;
  #at = 0;
  #done = false;
  #sound = false;

  constructor(reader: Reader) {
    this.#reader = reader;
    // Archives hold many small streams.
    this.#output = new Uint8Array(
      Math.min(PIECE_BYTES, SMALL_PIECE_BYTES + 16 * reader.size),
    );
  }

  /** Whether the stream ended exactly where its bytes do. */
  get sound(): boolean {
    return this.#sound;
  }

  next(): Uint8Array | undefined {
    while (!this.#done) {
      const left = this.#reader.size - this.#at;
      // At the end of the input a byte more tells the end from a cut.
      const input = left === 0
        ? new Uint8Array(1)
        : this.#reader.read(this.#at, Math.min(PIECE_BYTES, left));
      const { used, produced, state } = this.#inflater.step(
        input,
        this.#output,
      );
      if (left === 0) {
        if (state === "end" && used === 0) this.#sound = true;
        if (state !== "more" || used > 0) this.#stop();
      } else {
        this.#at += used;
        if (state === "invalid") this.#stop();
        if (state === "end") {
          this.#sound = this.#at === this.#reader.size;
          this.#stop();
        }
      }
      if (produced > 0) return this.#output.subarray(0, produced);
    }
    return undefined;
  }

  #stop(): void {
    this.#done = true;
    this.#inflater[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (!this.#done) this.#stop();
  }
}
