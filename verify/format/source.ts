/**
 * Bytes whose end is not known beforehand: what a compressed stream holds.
 * A source serves reads at an offset like a reader, but comes to its end only
 * on the way. Reading forward decodes each byte once; reading backward past a
 * window decodes again from the start, within a budget.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { type LimitName, LIMITS } from "../limits.ts";
import { assertRange, type Reader } from "../reader.ts";

/** Longest range that one read of a source may ask for. */
export const SOURCE_READ_MAX = 1 << 20;

/** Bytes at an offset, with an end found on the way. */
export interface ByteSource {
  /**
   * Reads up to `length` bytes, fewer only at the end. The view is valid until
   * the next call.
   *
   * @param length At most {@linkcode SOURCE_READ_MAX}.
   */
  readAt(offset: number, length: number): Uint8Array;
}

/** A reader as a source. */
export class ReaderSource implements ByteSource {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  readAt(offset: number, length: number): Uint8Array {
    const start = Math.min(offset, this.#reader.size);
    return this.#reader.read(
      start,
      Math.min(length, this.#reader.size - start),
    );
  }
}

/** One pass over what a compressed stream holds. */
export interface DecodedStream {
  /** The next decoded bytes, valid until the next call; undefined at the end. */
  next(): Uint8Array | undefined;
  /** How many times longer a byte takes than one of a deflate stream. */
  readonly cost?: number;
  /** What a pass costs, however little it gives, in bytes of that kind. */
  readonly passCost?: number;
  /** Gives up the pass before its end. */
  [Symbol.dispose]?(): void;
}

/** Input up to which a budget is flat: two files of 1 MiB. */
const SMALL_INPUT_BYTES = 2 << 20;
const SIDES = 2;
/** Up to four passes over each side. */
const PASSES = 4 * SIDES;
/** Entries that any archive may have, however small it is. */
const ENTRIES_FLOOR = 10_000;
/** Fewest input bytes, of both sides, for each entry past those. */
const ENTRY_BYTES_MIN = 256;

/**
 * How many bytes may be decoded in all: a bound on bombs and on reading
 * backward again and again. Small files get a flat budget, so that none of
 * them takes long; larger ones get more by their size.
 */
export class DecodeBudget {
  /** Which limit is reached where the budget ends. */
  readonly limit: LimitName;
  readonly #archiveEntriesMax: number;
  #left: number;
  #entriesLeft: number;

  /** @param inputBytes Bytes of the outermost files, which set the ratio. */
  constructor(inputBytes: number) {
    const past = Math.max(0, inputBytes - SMALL_INPUT_BYTES);
    const bySize = PASSES * ((32 << 20) + LIMITS.expansionRatioMax * past);
    this.#left = Math.min(LIMITS.expandedBytesMax, bySize);
    this.limit = bySize < LIMITS.expandedBytesMax
      ? "expansionRatioMax"
      : "expandedBytesMax";
    const entries = ENTRIES_FLOOR + Math.floor(inputBytes / ENTRY_BYTES_MIN);
    this.#archiveEntriesMax = Math.min(LIMITS.entriesMax, entries);
    this.#entriesLeft = SIDES * entries;
  }

  /**
   * Entries that an archive may have, and one that it is compared with: many
   * need many bytes of input.
   */
  get entriesMax(): number {
    return Math.min(
      this.#archiveEntriesMax,
      Math.max(0, Math.floor(this.#entriesLeft / SIDES)),
    );
  }

  /** Takes the entries of archives that were walked. */
  takeEntries(count: number): void {
    this.#entriesLeft -= count;
  }

  /** Whether the bytes may still be decoded; takes them if so. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }
}

/** Bytes behind the furthest read that are kept, for reading backward. */
const WINDOW_BYTES = 2 * SOURCE_READ_MAX;

/** What a compressed stream holds, decoded on the way. */
export class DecodedSource implements ByteSource {
  readonly #open: () => DecodedStream;
  readonly #budget: DecodeBudget;
  #stream: DecodedStream;
  // Archives hold many small streams, so the window grows with what it holds.
  #window = new Uint8Array(0);
  #at = 0;
  #length = 0;
  #size: number | undefined;
  #exhausted = false;

  /**
   * @param open Starts a pass from the beginning.
   * @param budget Shared by everything that one comparison decodes.
   * @param size Decoded bytes, where an earlier pass counted them.
   */
  constructor(
    open: () => DecodedStream,
    budget: DecodeBudget,
    size?: number,
  ) {
    this.#open = open;
    this.#budget = budget;
    this.#size = size;
    this.#stream = this.#start();
  }

  /** Decoded bytes in all, once the end has been reached. */
  get size(): number | undefined {
    return this.#size;
  }

  /** First offset that was not decoded in this pass. */
  get position(): number {
    return this.#at + this.#length;
  }

  /** Whether decoding stopped early because the budget ran out. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  readAt(offset: number, length: number): Uint8Array {
    if (offset < this.#at) {
      this.#stream[Symbol.dispose]?.();
      this.#stream = this.#start();
      this.#at = 0;
      this.#length = 0;
    }
    while (this.#at + this.#length < offset + length) {
      const piece = this.#exhausted || this.#isAtEnd
        ? undefined
        : this.#stream.next();
      if (piece === undefined) {
        this.#size ??= this.#at + this.#length;
        break;
      }
      if (!this.#budget.take(piece.length * (this.#stream.cost ?? 1))) {
        this.#exhausted = true;
        this.#stream[Symbol.dispose]?.();
        continue;
      }
      this.#append(piece, offset);
      // Many readers wait in line, and a pass that is not over holds memory.
      if (this.#isAtEnd) this.#stream[Symbol.dispose]?.();
    }
    const from = Math.max(0, Math.min(offset - this.#at, this.#length));
    return this.#window.subarray(from, Math.min(from + length, this.#length));
  }

  #start(): DecodedStream {
    const stream = this.#open();
    if (!this.#budget.take(stream.passCost ?? 0)) this.#exhausted = true;
    return stream;
  }

  /** Whether this pass gave all bytes that an earlier one counted. */
  get #isAtEnd(): boolean {
    return this.#size !== undefined && this.position >= this.#size;
  }

  /** Adds bytes; what lies before `keepFrom` may go. */
  #append(piece: Uint8Array, keepFrom: number): void {
    const drop = Math.max(
      0,
      Math.min(keepFrom - this.#at, this.#length),
    );
    this.#grow(Math.min(this.#length + piece.length, WINDOW_BYTES));
    if (this.#length + piece.length > this.#window.length) {
      this.#window.copyWithin(0, drop, this.#length);
      this.#at += drop;
      this.#length -= drop;
      const need = this.#length + piece.length;
      if (need > this.#window.length) {
        const larger = new Uint8Array(2 * need);
        larger.set(this.#window.subarray(0, this.#length));
        this.#window = larger;
      }
    }
    this.#window.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** Makes room for so many bytes, before any that were read must go. */
  #grow(need: number): void {
    if (need <= this.#window.length) return;
    const size = Math.min(WINDOW_BYTES, Math.max(need, 4 * this.#length));
    const larger = new Uint8Array(size);
    larger.set(this.#window.subarray(0, this.#length));
    this.#window = larger;
  }
}

/**
 * A range of a source, as a reader.
 *
 * A read throws {@linkcode ReproofError} `limit-reached` when the budget ends
 * before the range does; it never makes bytes up.
 */
export class SourceReader implements Reader {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #start: number;
  #held: Uint8Array | undefined;

  /** @param size Bytes that the source is known to have from `start` on. */
  constructor(source: ByteSource, start: number, size: number) {
    this.#source = source;
    this.#start = start;
    this.size = size;
  }

  read(offset: number, length: number): Uint8Array {
    assertRange(this.size, offset, length);
    this.#hold();
    if (this.#held !== undefined) {
      return this.#held.subarray(offset, offset + length);
    }
    return readFully(this.#source, this.#start + offset, length);
  }

  /** Small ranges are kept in memory, so that they are decoded once. */
  #hold(): void {
    if (this.#held === undefined && this.size <= LIMITS.heldBytesMax) {
      const bytes = readFully(this.#source, this.#start, this.size);
      // What was put together from pieces is a copy already.
      this.#held = this.size <= SOURCE_READ_MAX ? bytes.slice() : bytes;
    }
  }
}

/** Whether reading backward would decode again and again. */
export function isSequential(reader: Reader): boolean {
  return reader instanceof SourceReader && reader.size > LIMITS.heldBytesMax;
}

/** Reads any length; an early end means that the budget ran out. */
function readFully(
  source: ByteSource,
  offset: number,
  length: number,
): Uint8Array {
  if (length <= SOURCE_READ_MAX) {
    const piece = source.readAt(offset, length);
    if (piece.length === length) return piece;
  }
  const all = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const piece = source.readAt(
      offset + at,
      Math.min(SOURCE_READ_MAX, length - at),
    );
    if (piece.length === 0) {
      throw new ReproofError("limit-reached", "Decoding", {
        expected: `${length} bytes at ${offset}`,
        observed: `${at} bytes before expandedBytesMax or expansionRatioMax`,
      });
    }
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
