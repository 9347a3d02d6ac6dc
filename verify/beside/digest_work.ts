/**
 * What passes between the thread that compares two files and the worker that
 * hashes one of them.
 *
 * @module
 */

import type { OpenElsewhere } from "./serve.ts";

/** Bytes of a SHA-256. */
export const DIGEST_BYTES = 32;

/** What the worker is given. */
export interface DigestWork extends OpenElsewhere {
  readonly control: SharedArrayBuffer;
  /** Room for the digest, which is there once the worker is done. */
  readonly digest: SharedArrayBuffer;
}
