/**
 * Raw deflate (RFC 1951) and Zstandard (RFC 8878), one piece at a time and
 * synchronously.
 *
 * Layouts need to know at which input byte a compressed stream ended, and
 * readers are synchronous, so the streaming classes of `node:zlib` do not
 * serve: they run on the event loop and hide the position. This file drives
 * the handle underneath them, as the synchronous functions of that module do
 * themselves. It is the only place that touches it.
 *
 * @module
 */

import { createInflateRaw, createZstdDecompress } from "node:zlib";

const NO_FLUSH = 0;
/** The stream has a buffer of its own that is never used; this is the least. */
const OWN_OUTPUT_BYTES = 64;

interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

interface ZlibStream {
  /** Output bytes left, then input bytes left, after a write. */
  readonly _writeState: Uint32Array;
  readonly _handle: ZlibHandle;
  close(): void;
}

/** What one step of decoding did. */
export interface InflateStep {
  /** Input bytes consumed. */
  readonly used: number;
  /** Output bytes written. */
  readonly produced: number;
  /**
   * `more` while the stream goes on, `end` after its last block, `invalid`
   * when the bytes are not a deflate stream.
   */
  readonly state: "more" | "end" | "invalid";
}

/** Decodes one compressed stream after another. */
class PieceDecoder implements Disposable {
  readonly #stream: ZlibStream;
  readonly #handle: ZlibHandle;
  #failed = false;

  /** @param stream The handle is not part of its public type. */
  constructor(stream: unknown) {
    this.#stream = stream as ZlibStream;
    this.#handle = this.#stream._handle;
    this.#handle.onerror = () => {
      this.#failed = true;
    };
  }

  /** Decodes as much of `input` as fits into `output`. */
  step(input: Uint8Array, output: Uint8Array): InflateStep {
    if (this.#failed) return { used: 0, produced: 0, state: "invalid" };
    try {
      this.#handle.writeSync(
        NO_FLUSH,
        input,
        0,
        input.length,
        output,
        0,
        output.length,
      );
    } catch {
      // Zstandard reports bytes that do not decode in this way.
      this.#failed = true;
      return { used: 0, produced: 0, state: "invalid" };
    }
    const outputLeft = this.#stream._writeState[0] ?? 0;
    const inputLeft = this.#stream._writeState[1] ?? 0;
    return {
      used: input.length - inputLeft,
      produced: output.length - outputLeft,
      // With room and input left, only the end of the stream makes it stop.
      state: this.#failed
        ? "invalid"
        : outputLeft > 0 && inputLeft > 0
        ? "end"
        : "more",
    };
  }

  /** Makes ready for the next stream. */
  reset(): void {
    this.#failed = false;
    this.#handle.reset();
  }

  [Symbol.dispose](): void {
    this.#stream.close();
  }
}

/** Inflates one raw deflate stream after another. */
export class RawInflater extends PieceDecoder {
  constructor() {
    super(createInflateRaw({ chunkSize: OWN_OUTPUT_BYTES }));
  }
}

/** Decodes Zstandard frames, one after another. */
export class ZstdDecoder extends PieceDecoder {
  constructor() {
    super(createZstdDecompress({ chunkSize: OWN_OUTPUT_BYTES }));
  }
}
