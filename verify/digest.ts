/**
 * SHA-256 by `node:crypto`, which streams and uses the processor's SHA
 * instructions; `crypto.subtle.digest` needs the whole input in memory.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Reader } from "./reader.ts";

/** As large as the window of a file reader. */
const CHUNK_BYTES = 1 << 18;

/** SHA-256 of bytes or UTF-8 text, as 64 lowercase hexadecimal digits. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 of everything a reader holds, as 64 lowercase hexadecimal digits. */
export function sha256Reader(reader: Reader): string {
  const hash = createHash("sha256");
  for (let offset = 0; offset < reader.size; offset += CHUNK_BYTES) {
    hash.update(
      reader.read(offset, Math.min(CHUNK_BYTES, reader.size - offset)),
    );
  }
  return hash.digest("hex");
}
