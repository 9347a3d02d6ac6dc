/**
 * A worker that hashes what the main thread reads and compares; see
 * `scan_beside.ts`. It gets the bytes through a ring and opens nothing. While
 * both files agree one digest serves both; from the first slot of one side
 * alone there are two.
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { DIGEST_BYTES, type DigestWork, SLOT_OF } from "./digest_work.ts";
import { RingConsumer } from "./ring.ts";

/** Brought into the cache of this processor before it is hashed. */
const PIECE_BYTES = 64 << 10;
const CACHE_LINE_WORDS = 16;

/** Hashes all of a ring and answers. */
export function hashRing({ ring: memory, digests }: DigestWork): void {
  const ring = new RingConsumer(memory);
  ring.begin();
  try {
    const { left, right } = digestsOf(ring);
    const answer = new Uint8Array(digests);
    answer.set(left, 0);
    answer.set(right, DIGEST_BYTES);
    ring.answer();
  } catch {
    ring.fail();
  }
}

/** The digests of both sides; of no meaning when the ring failed. */
function digestsOf(
  ring: RingConsumer,
): { left: Uint8Array; right: Uint8Array } {
  const left = createHash("sha256");
  let right = left;
  while (!ring.failed && !ring.drained) {
    const look = ring.look();
    const item = ring.first();
    if (item === undefined) {
      if (!ring.drained) ring.block(look);
      continue;
    }
    const { bytes, tag } = item;
    if (tag !== SLOT_OF.both && left === right) right = left.copy();
    if (tag !== SLOT_OF.right) update(left, bytes);
    if (tag !== SLOT_OF.left && left !== right) update(right, bytes);
    ring.release();
  }
  const same = left === right;
  const digest = left.digest();
  return { left: digest, right: same ? digest : right.digest() };
}

/**
 * The bytes lie in the cache of the processor that read them. Hashing fetches
 * them line by line and waits for each; looking at every line of a piece first
 * lets many come at once, which takes a fifth off the whole.
 */
function update(hash: Hash, bytes: Uint8Array<SharedArrayBuffer>): void {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    touch(new Int32Array(piece.buffer, piece.byteOffset, piece.length >> 2));
    hash.update(piece);
  }
}

let touched = 0;

function touch(words: Int32Array<SharedArrayBuffer>): void {
  let sum = 0;
  for (let at = 0; at < words.length; at += CACHE_LINE_WORDS) {
    sum ^= words[at] ?? 0;
  }
  touched ^= sum;
}

/** A worker's own side of the channel. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<DigestWork>) => void) | null;
}

// Imported by the main thread, there is nothing to wait for.
if ("WorkerGlobalScope" in globalThis) {
  (globalThis as unknown as WorkerScope).onmessage = ({ data }) =>
    hashRing(data);
}
