/**
 * What passes between the thread that compares two gzip files and the worker
 * that inflates one of them.
 *
 * @module
 */

import type { GzipPass } from "../format/gzip_stream.ts";
import type { RingMemory } from "./ring.ts";
import type { OpenElsewhere } from "./serve.ts";

/** What a slot holds: decoded bytes, or a part of the findings as JSON. */
export const SLOT_HOLDS = { bytes: 0, findings: 1 } as const;

/** As large as what one step inflates. */
export const GZIP_SLOT_BYTES = 128 << 10;

/** What the worker is given. */
export interface GzipWork extends OpenElsewhere {
  readonly ring: RingMemory;
}

/** What a pass found, once it is done. */
export type GzipFindings = Pick<GzipPass, "members" | "problems">;
