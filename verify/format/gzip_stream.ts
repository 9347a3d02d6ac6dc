/**
 * One pass over a gzip file (RFC 1952): headers, deflate streams and trailers
 * of all members, the decoded bytes in between, and the checks that the
 * trailers ask for. Layout and comparison both ride on this pass, so that a
 * file is inflated once.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { Code } from "../catalogue/mod.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import { RawInflater } from "./inflate.ts";
import type { DecodedStream } from "./source.ts";

const PIECE_BYTES = 128 << 10;
const SMALL_PIECE_BYTES = 4 << 10;
/** A step rarely uses all of it, and a reader reads the rest again. */
const INPUT_BYTES = 64 << 10;
const FIXED_HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

/** Bits of FLG, RFC 1952 section 2.3.1. */
export const GZIP_FLAG = {
  text: 1,
  headerCrc: 2,
  extra: 4,
  name: 8,
  comment: 16,
  reserved: 0xe0,
} as const;

/** A range of the file, in bytes. */
export interface GzipRange {
  readonly offset: number;
  readonly length: number;
}

/** What the pass found of one member. */
export interface GzipMember {
  readonly offset: number;
  readonly flags: number;
  readonly extra: GzipRange | undefined;
  /** With its terminating NUL. */
  readonly name: GzipRange | undefined;
  /** With its terminating NUL. */
  readonly comment: GzipRange | undefined;
  readonly headerCrc: GzipRange | undefined;
  readonly deflate: GzipRange;
  /** CRC32 and ISIZE; absent when the file ends before them. */
  readonly trailer: GzipRange | undefined;
  readonly headerCrcAgrees: boolean;
  readonly crcAgrees: boolean;
  readonly sizeAgrees: boolean;
}

/** A defect met on the way. */
export interface GzipProblem {
  readonly code: Code;
  readonly member: number;
  readonly offset: number;
  readonly detail: string;
}

/** A pass over a gzip file, here or elsewhere. */
export interface GzipPass extends DecodedStream {
  /** What was found so far; all of it once the pass is done. */
  readonly members: readonly GzipMember[];
  readonly problems: readonly GzipProblem[];
  /** Whether the pass came to the end of the file or to a defect. */
  readonly done: boolean;
}

type Header = Omit<
  GzipMember,
  "deflate" | "trailer" | "crcAgrees" | "sizeAgrees"
>;

/** Decodes all members in order. */
export class GzipStream implements GzipPass {
  readonly members: GzipMember[] = [];
  readonly problems: GzipProblem[] = [];
  /** First byte after the last member, once the end was reached. */
  end = 0;
  readonly #reader: Reader;
  readonly #inflater = new RawInflater();
  readonly #output: Uint8Array;
  #at = 0;
  #header: Header | undefined;
  #deflateStart = 0;
  #crc = 0;
  #size = 0;
  #done = false;

  constructor(reader: Reader) {
    this.#reader = reader;
    // Archives hold many small files.
    this.#output = new Uint8Array(
      Math.min(PIECE_BYTES, SMALL_PIECE_BYTES + 16 * reader.size),
    );
  }

  /** Whether the pass came to the end of the file or to a defect. */
  get done(): boolean {
    return this.#done;
  }

  next(): Uint8Array | undefined {
    while (!this.#done) {
      if (this.#header === undefined && !this.#startMember()) break;
      const piece = this.#inflate();
      if (piece !== undefined) return piece;
    }
    return undefined;
  }

  #inflate(): Uint8Array | undefined {
    const left = this.#reader.size - this.#at;
    if (left === 0) {
      this.#problem(
        "layout-truncated",
        "expected the rest of a deflate stream and its trailer, found the end of the file",
      );
      this.#finishMember(undefined);
      this.#stop();
      return undefined;
    }
    const input = this.#reader.read(this.#at, Math.min(INPUT_BYTES, left));
    const { used, produced, state } = this.#inflater.step(input, this.#output);
    this.#at += used;
    const piece = this.#output.subarray(0, produced);
    this.#crc = crc32(piece, this.#crc);
    this.#size += produced;
    if (state === "invalid") {
      this.#problem(
        "layout-invalid",
        "expected a deflate stream, found bytes that do not decode",
      );
      this.#at = this.#reader.size;
      this.#finishMember(undefined);
      this.#stop();
    } else if (state === "end") {
      this.#readTrailer();
    }
    return produced > 0 ? piece : undefined;
  }

  #readTrailer(): void {
    if (this.#reader.size - this.#at < TRAILER_BYTES) {
      this.#problem(
        "layout-truncated",
        `expected ${TRAILER_BYTES} bytes of trailer, found ${
          this.#reader.size - this.#at
        }`,
      );
      this.#finishMember(undefined);
      this.#stop();
      return;
    }
    this.#finishMember({ offset: this.#at, length: TRAILER_BYTES });
    this.#at += TRAILER_BYTES;
    this.#inflater.reset();
  }

  #finishMember(trailer: GzipRange | undefined): void {
    if (this.#header === undefined) return;
    let crcAgrees = false;
    let sizeAgrees = false;
    const deflateEnd = trailer?.offset ?? this.#at;
    if (trailer !== undefined) {
      const view = viewOf(this.#reader.read(trailer.offset, trailer.length));
      crcAgrees = view.getUint32(0, true) === this.#crc;
      sizeAgrees = view.getUint32(4, true) === this.#size % 2 ** 32;
    }
    this.members.push({
      ...this.#header,
      deflate: {
        offset: this.#deflateStart,
        length: deflateEnd - this.#deflateStart,
      },
      trailer,
      crcAgrees,
      sizeAgrees,
    });
    this.#header = undefined;
  }

  /** Reads the header of the next member; false at the end of the members. */
  #startMember(): boolean {
    const reader = this.#reader;
    const start = this.#at;
    const left = reader.size - start;
    if (this.members.length > 0) {
      if (left === 0) return this.#stop();
      const next = reader.read(start, Math.min(2, left));
      if (next[0] !== 0x1f || next[1] !== 0x8b) {
        this.#problem(
          "archive-trailing-data",
          `expected the end of the file or another member, found ${left} other bytes`,
        );
        return this.#stop();
      }
      if (this.members.length >= LIMITS.gzipMembersMax) {
        this.#problem(
          "limit-reached",
          `gzipMembersMax: more than ${LIMITS.gzipMembersMax} members`,
        );
        return this.#stop();
      }
    }
    if (left < FIXED_HEADER_BYTES) {
      this.#problem(
        "layout-truncated",
        `expected a header of ${FIXED_HEADER_BYTES} bytes, found ${left}`,
      );
      return this.#stop();
    }
    const fixed = reader.read(start, FIXED_HEADER_BYTES);
    const method = fixed[2] ?? 0;
    const flags = fixed[3] ?? 0;
    if (method !== 8 || (flags & GZIP_FLAG.reserved) !== 0) {
      this.#problem(
        method !== 8 ? "layout-unsupported" : "layout-invalid",
        `expected method 8 and no reserved flag, found method ${method}, flags ${flags}`,
      );
      return this.#stop();
    }
    this.#at += FIXED_HEADER_BYTES;
    const extra = flags & GZIP_FLAG.extra ? this.#takeExtra() : undefined;
    const name = flags & GZIP_FLAG.name ? this.#takeText() : undefined;
    const comment = flags & GZIP_FLAG.comment ? this.#takeText() : undefined;
    let headerCrc: GzipRange | undefined;
    let headerCrcAgrees = true;
    if (!this.#done && flags & GZIP_FLAG.headerCrc) {
      const headerLength = this.#at - start;
      headerCrc = this.#take(2);
      if (headerCrc !== undefined) {
        const computed = crc32(reader.read(start, headerLength)) & 0xffff;
        const stored = viewOf(reader.read(headerCrc.offset, 2));
        headerCrcAgrees = stored.getUint16(0, true) === computed;
      }
    }
    if (this.#done) {
      this.end = start;
      return false;
    }
    this.#header = {
      offset: start,
      flags,
      extra,
      name,
      comment,
      headerCrc,
      headerCrcAgrees,
    };
    this.#deflateStart = this.#at;
    this.#crc = 0;
    this.#size = 0;
    return true;
  }

  #takeExtra(): GzipRange | undefined {
    if (this.#reader.size - this.#at < 2) return this.#take(2);
    const length = viewOf(this.#reader.read(this.#at, 2)).getUint16(0, true);
    return this.#take(2 + length);
  }

  #take(length: number): GzipRange | undefined {
    if (this.#done) return undefined;
    if (this.#reader.size - this.#at < length) {
      this.#problem(
        "layout-truncated",
        `expected ${length} bytes of header, found ${
          this.#reader.size - this.#at
        }`,
      );
      this.#stop();
      return undefined;
    }
    const range = { offset: this.#at, length };
    this.#at += length;
    return range;
  }

  /** A text that ends with NUL. */
  #takeText(): GzipRange | undefined {
    if (this.#done) return undefined;
    const bytes = this.#reader.read(
      this.#at,
      Math.min(LIMITS.gzipTextBytesMax, this.#reader.size - this.#at),
    );
    const end = bytes.indexOf(0);
    if (end === -1 && bytes.length === LIMITS.gzipTextBytesMax) {
      this.#problem(
        "limit-reached",
        `gzipTextBytesMax: a text of more than ${
          LIMITS.gzipTextBytesMax - 1
        } bytes`,
      );
      this.#stop();
      return undefined;
    }
    if (end === -1) {
      this.#problem(
        "layout-truncated",
        `expected a NUL at the end of a text, found ${bytes.length} other bytes and the end of the file`,
      );
      this.#stop();
      return undefined;
    }
    return this.#take(end + 1);
  }

  #problem(code: Code, detail: string): void {
    this.problems.push({
      code,
      member: this.members.length,
      offset: this.#at,
      detail,
    });
  }

  #stop(): false {
    if (!this.#done) {
      this.#done = true;
      this.end = this.#at;
      this.#inflater[Symbol.dispose]();
    }
    return false;
  }

  /** Gives the pass up; it is then not {@linkcode done}. */
  [Symbol.dispose](): void {
    if (!this.#done) this.#inflater[Symbol.dispose]();
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
