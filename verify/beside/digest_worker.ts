/**
 * A worker that hashes one file while the main thread compares it with
 * another; see `scan_beside.ts`. It opens the file itself and goes on only when
 * that is the file that the main thread holds open. To get the bytes handed
 * over took longer than to read them again: they come from the cache of another
 * processor, and wait while that thread loads modules.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Side } from "./control.ts";
import type { DigestWork } from "./digest_work.ts";
import { openSame, serve } from "./serve.ts";

const CHUNK_BYTES = 1 << 18;
/** Between two signs of life. */
const CHUNKS_PER_SIGN = 64;

/** Hashes a file and leaves the digest. */
export function hashFile(
  { control, digest, ...file }: DigestWork,
): void {
  const side = new Side(control, "producer");
  side.begin();
  try {
    using reader = openSame(file);
    const hash = createHash("sha256");
    let chunks = 0;
    for (let at = 0; at < reader.size; at += CHUNK_BYTES) {
      hash.update(reader.read(at, Math.min(CHUNK_BYTES, reader.size - at)));
      if (++chunks % CHUNKS_PER_SIGN !== 0) continue;
      if (side.failed) return;
      side.wake();
    }
    new Uint8Array(digest).set(hash.digest());
    side.end();
  } catch {
    // The other thread reads the same and says what is wrong.
    side.fail();
  }
}

serve(hashFile);
