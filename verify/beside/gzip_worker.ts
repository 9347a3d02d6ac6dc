/**
 * A worker that inflates one file while the main thread inflates another; see
 * `gzip_beside.ts`. It opens the file itself and goes on only when that is the
 * file that the main thread holds open. The decoded bytes go into a ring as
 * they come, and behind them what the pass found.
 *
 * @module
 */

import { GzipStream } from "../format/gzip_stream.ts";
import {
  GZIP_SLOT_BYTES,
  type GzipFindings,
  type GzipWork,
  SLOT_HOLDS,
} from "./gzip_work.ts";
import { RingProducer } from "./ring.ts";
import { openSame, serve } from "./serve.ts";

/** Inflates a whole file into a ring. */
export function inflateIntoRing(
  { ring: memory, ...file }: GzipWork,
): void {
  const ring = new RingProducer(memory);
  ring.begin();
  try {
    using reader = openSame(file);
    using stream = new GzipStream(reader);
    for (
      let piece = stream.next();
      piece !== undefined;
      piece = stream.next()
    ) {
      if (!put(ring, piece, SLOT_HOLDS.bytes)) return;
    }
    const { members, problems } = stream;
    const findings: GzipFindings = { members, problems };
    const text = new TextEncoder().encode(JSON.stringify(findings));
    if (put(ring, text, SLOT_HOLDS.findings)) ring.end();
  } catch {
    // The other thread does the same and says what is wrong.
    ring.fail();
  }
}

/** Puts bytes into as many slots as they need; false when nobody reads. */
function put(ring: RingProducer, bytes: Uint8Array, tag: number): boolean {
  for (let at = 0; at < bytes.length; at += GZIP_SLOT_BYTES) {
    const part = bytes.subarray(at, at + GZIP_SLOT_BYTES);
    while (true) {
      if (ring.failed) return false;
      const look = ring.look();
      const slot = ring.slot();
      if (slot !== undefined) {
        slot.set(part);
        ring.publish(part.length, tag);
        break;
      }
      ring.block(look);
    }
  }
  return true;
}

serve(inflateIntoRing);
