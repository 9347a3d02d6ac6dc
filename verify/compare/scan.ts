/**
 * The first pass over two files: are they equal byte for byte, what are their
 * digests, and which parts are equal at the same offset. While the files agree
 * one digest serves both, so equal files are hashed once.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Reader } from "../reader.ts";
import type { Steps } from "../steps.ts";

const CHUNK_BYTES = 256 << 10;
const PART_BYTES = 64 << 10;

/** What the pass found. */
export interface Scan {
  readonly equal: boolean;
  /** SHA-256 of each side; empty without `digests`. */
  readonly leftSha256: string;
  readonly rightSha256: string;
  readonly parts: EqualParts;
}

/** Which parts of two files are equal at the same offset. */
export class EqualParts {
  readonly #differs: Uint8Array;
  readonly #common: number;

  /** @param common Bytes that both files have. */
  constructor(common: number) {
    this.#common = common;
    this.#differs = new Uint8Array(Math.ceil(common / PART_BYTES));
  }

  /** Notes the parts of a chunk that are not equal. */
  compare(offset: number, left: Uint8Array, right: Uint8Array): void {
    for (let at = 0; at < left.length; at += PART_BYTES) {
      const end = at + PART_BYTES;
      if (!sameBytes(left.subarray(at, end), right.subarray(at, end))) {
        this.#differs[(offset + at) / PART_BYTES] = 1;
      }
    }
  }

  /** Whether the whole range lies in parts that are equal on both sides. */
  covers(offset: number, length: number): boolean {
    if (offset + length > this.#common) return false;
    const last = Math.floor((offset + Math.max(length, 1) - 1) / PART_BYTES);
    for (let part = Math.floor(offset / PART_BYTES); part <= last; part++) {
      if (this.#differs[part] !== 0) return false;
    }
    return true;
  }
}

/** Whether two ranges hold the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}

/**
 * Compares and hashes two files in one pass.
 *
 * @throws The abort reason when the signal fires.
 */
export function* scan(
  left: Reader,
  right: Reader,
  { digests, signal }: {
    readonly digests: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Steps<Scan> {
  const common = Math.min(left.size, right.size);
  const parts = new EqualParts(common);
  const leftHash = digests ? createHash("sha256") : undefined;
  let rightHash = leftHash;
  let equal = true;
  for (let offset = 0; offset < common; offset += CHUNK_BYTES) {
    signal?.throwIfAborted();
    yield;
    const length = Math.min(CHUNK_BYTES, common - offset);
    const leftBytes = left.read(offset, length);
    const rightBytes = right.read(offset, length);
    const same = sameBytes(leftBytes, rightBytes);
    if (!same) {
      if (equal) rightHash = leftHash?.copy();
      equal = false;
      parts.compare(offset, leftBytes, rightBytes);
    }
    leftHash?.update(leftBytes);
    if (!equal) rightHash?.update(rightBytes);
  }
  if (left.size !== right.size) {
    if (equal) rightHash = leftHash?.copy();
    equal = false;
    for (
      const [reader, hash] of [[left, leftHash], [right, rightHash]] as const
    ) {
      for (let offset = common; offset < reader.size; offset += CHUNK_BYTES) {
        signal?.throwIfAborted();
        yield;
        hash?.update(
          reader.read(offset, Math.min(CHUNK_BYTES, reader.size - offset)),
        );
      }
    }
  }
  const leftSha256 = leftHash?.digest("hex") ?? "";
  return {
    equal,
    leftSha256,
    rightSha256: equal ? leftSha256 : rightHash?.digest("hex") ?? "",
    parts,
  };
}
