/**
 * What passes between the thread that compares two files and the worker that
 * hashes them.
 *
 * @module
 */

import type { RingMemory } from "./ring.ts";

/** Whose bytes a slot holds. */
export const SLOT_OF = { both: 0, left: 1, right: 2 } as const;

/** Bytes of a SHA-256. */
export const DIGEST_BYTES = 32;

/** What the worker is given. */
export interface DigestWork {
  readonly ring: RingMemory;
  /** Room for the digests of both sides, the left one first. */
  readonly digests: SharedArrayBuffer;
}
