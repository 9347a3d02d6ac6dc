/**
 * The first pass over two files: are they equal byte for byte, what are their
 * digests, and which parts are equal at the same offset. While the files agree
 * one digest serves both, so equal files are hashed once.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Reader } from "../reader.ts";
import type { Steps } from "../steps.ts";
import { EqualParts, sameBytes, type Scan } from "./equal_parts.ts";

const CHUNK_BYTES = 256 << 10;

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
