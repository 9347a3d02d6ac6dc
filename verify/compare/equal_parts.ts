/**
 * Which parts of two files are equal at the same offset: what a first pass
 * over both leaves behind for those that look at fields.
 *
 * @module
 */

import { Buffer } from "node:buffer";

const PART_BYTES = 64 << 10;

/** Which parts of two files are equal at the same offset. */
export class EqualParts {
  readonly #differs: Uint8Array;
  readonly #common: number;

  /** @param common Bytes that both files have. */
  constructor(common: number) {
    this.#common = common;
    this.#differs = new Uint8Array(Math.ceil(common / PART_BYTES));
  }

  /**
   * Notes the parts of a chunk that are not equal.
   *
   * @param offset A multiple of 64 KiB.
   */
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

/** What a first pass over two files found. */
export interface Scan {
  readonly equal: boolean;
  /** SHA-256 of each side; empty when none was asked for. */
  readonly leftSha256: string;
  readonly rightSha256: string;
  readonly parts: EqualParts;
}
