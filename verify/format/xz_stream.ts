/**
 * One pass over an xz file (The .xz File Format 1.2.1): one stream after
 * another, each with its header, blocks, index and footer, and padding of four
 * zeros or a multiple of it behind (section 2.2). The decoder is XZ Embedded in
 * the `xz-decompress` package; it holds every block against its check (CRC32,
 * CRC64 or none) and every index against its blocks.
 *
 * What that decoder does not know (SHA-256 checks, other filters than LZMA2, a
 * dictionary past 64 MiB) makes the pass `unsupported`: its contents are then
 * unknown, which is another thing than bytes that do not decode.
 *
 * The public interface of the package is asynchronous and comparison is not,
 * so this file drives the decoder below it; the version in `deno.lock` is what
 * makes that safe, and tests hold it against `xz` itself.
 *
 * @module
 */

import decompress from "xz-decompress";
import type { Reader } from "../reader.ts";
import type { DecodedStream } from "./source.ts";

/** What the decoder's module offers, see its `src/native` in C. */
interface Decoder {
  readonly memory: WebAssembly.Memory;
  // deno-lint-ignore camelcase
  create_context(): number;
  // deno-lint-ignore camelcase
  destroy_context(context: number): void;
  // deno-lint-ignore camelcase
  supply_input(context: number, bytes: number): void;
  // deno-lint-ignore camelcase
  get_next_output(context: number): number;
}

/** Words at the start of a context. */
const WORD = {
  bufferBytes: 0,
  input: 1,
  inputAt: 2,
  inputEnd: 3,
  output: 4,
  outputAt: 5,
} as const;
const WORDS = 6;

/** Results of the decoder, `enum xz_ret` of XZ Embedded. */
const RESULT = { ok: 0, end: 1 };
/** A check, a dictionary or a filter that it does not have. */
const UNSUPPORTED: readonly number[] = [2, 4, 6];

/** The part of the package that its types leave out. */
interface DecoderHome {
  _getModuleInstance(): Promise<void>;
  readonly _moduleInstance: { readonly exports: Decoder };
}

const home = decompress.XzReadableStream as unknown as DecoderHome;
await home._getModuleInstance();
const decoder = home._moduleInstance.exports;

/** Contexts live outside the heap, so a pass given up needs its own end. */
const abandoned = new FinalizationRegistry<number>((context) =>
  decoder.destroy_context(context)
);

/** Decodes all streams in order. */
export class XzStream implements DecodedStream {
  readonly cost = 4;
  /** Its dictionary has to be made. */
  readonly passCost = 48 << 10;
  readonly #reader: Reader;
  #context: number | undefined;
  #at = 0;
  #done = false;
  #sound = false;
  #unsupported = false;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Whether the pass decoded whole streams that fill the bytes exactly. */
  get sound(): boolean {
    return this.#sound;
  }

  /** Whether the pass met a feature that the decoder does not have. */
  get unsupported(): boolean {
    return this.#unsupported;
  }

  next(): Uint8Array | undefined {
    while (!this.#done) {
      const context = this.#context ??= this.#start();
      this.#supply(context);
      const result = decoder.get_next_output(context);
      // A large dictionary makes the memory grow, which moves all views of it.
      const words = wordsOf(context);
      const produced = words[WORD.outputAt] ?? 0;
      const piece = new Uint8Array(
        decoder.memory.buffer,
        words[WORD.output],
        produced,
      ).slice();
      words[WORD.outputAt] = 0;
      if (result !== RESULT.ok) {
        this.#sound = result === RESULT.end && this.#at === this.#reader.size &&
          words[WORD.inputAt] === words[WORD.inputEnd];
        this.#unsupported = UNSUPPORTED.includes(result);
        this.#stop();
      }
      if (produced > 0) return piece;
    }
    return undefined;
  }

  #start(): number {
    const context = decoder.create_context();
    abandoned.register(this, context, this);
    return context;
  }

  /** Gives the decoder more once it used all it had; nothing says the end. */
  #supply(context: number): void {
    const words = wordsOf(context);
    if (words[WORD.inputAt] !== words[WORD.inputEnd]) return;
    const length = Math.min(
      words[WORD.bufferBytes] ?? 0,
      this.#reader.size - this.#at,
    );
    new Uint8Array(decoder.memory.buffer, words[WORD.input], length)
      .set(this.#reader.read(this.#at, length));
    decoder.supply_input(context, length);
    this.#at += length;
  }

  #stop(): void {
    this.#done = true;
    if (this.#context === undefined) return;
    abandoned.unregister(this);
    decoder.destroy_context(this.#context);
    this.#context = undefined;
  }

  [Symbol.dispose](): void {
    if (!this.#done) this.#stop();
  }
}

function wordsOf(context: number): Uint32Array {
  return new Uint32Array(decoder.memory.buffer, context, WORDS);
}
