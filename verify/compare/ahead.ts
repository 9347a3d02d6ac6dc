/**
 * What a caller with more than one core did, or began, before two files are
 * compared. Nothing here is needed: what is absent is done on the way.
 *
 * @module
 */

import type { GzipPass } from "../format/gzip_stream.ts";
import type { Scan } from "./equal_parts.ts";

/** Work on two files that is done or under way. */
export interface Ahead {
  /** The first pass over both, digests among it. */
  readonly scanned?: Scan | undefined;
  /**
   * The pass over the left file as gzip. It is for one use.
   *
   * @param alone Begins a pass of one's own, should the other one fail.
   */
  readonly gzip?: ((alone: () => GzipPass) => GzipPass) | undefined;
}
