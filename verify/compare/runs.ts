/**
 * The single places of a field that differ. In fields of one length these are
 * runs of unequal bytes, in fields of two lengths what lies between the equal
 * parts.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import type { RangeDifference } from "./range.ts";

/** Runs that are told apart; the last one holds all that follow. */
const RUNS_MAX = 200_000;
const JOIN_BYTES = 16;
const SCAN_BYTES_MAX = 4 << 20;

/** A place that differs; offsets count from the start of the field. */
export interface Run {
  readonly leftStart: number;
  readonly leftLength: number;
  readonly rightStart: number;
  readonly rightLength: number;
}

/** The places that differ; empty when they cannot be told apart. */
export function runsOf(
  left: FieldSide,
  right: FieldSide,
  range: RangeDifference,
): Run[] {
  if (range.gaps !== undefined) return [...range.gaps];
  const { start, leftLength, rightLength } = range;
  if (leftLength !== rightLength || leftLength > SCAN_BYTES_MAX) return [];
  const runs: Run[] = [];
  for (
    const run of unequalBytes(
      left.reader.read(left.field.offset + start, leftLength).slice(),
      right.reader.read(right.field.offset + start, rightLength),
      start,
    )
  ) {
    if (runs.length < RUNS_MAX) runs.push(run);
    else {
      // Left out, it could not be told from what only follows.
      const last = runs[RUNS_MAX - 1] ?? run;
      const length = start + leftLength - last.leftStart;
      runs[RUNS_MAX - 1] = { ...last, leftLength: length, rightLength: length };
      break;
    }
  }
  return runs;
}

/** Every run of unequal bytes. */
function* unequalBytes(
  left: Uint8Array,
  right: Uint8Array,
  start: number,
): Generator<Run, void, undefined> {
  for (let at = 0; at < left.length; at++) {
    if (left[at] === right[at]) continue;
    const from = at;
    while (at < left.length && left[at] !== right[at]) at++;
    yield {
      leftStart: start + from,
      leftLength: at - from,
      rightStart: start + from,
      rightLength: at - from,
    };
  }
}

/** The first places to show: few equal bytes between two make them one. */
export function joinRuns(runs: readonly Run[]): Run[] {
  const all: Run[] = [];
  for (const run of runs) {
    const last = all.at(-1);
    if (
      last !== undefined &&
      isNear(run.leftStart - last.leftStart - last.leftLength) &&
      isNear(run.rightStart - last.rightStart - last.rightLength)
    ) {
      all[all.length - 1] = {
        ...last,
        leftLength: run.leftStart + run.leftLength - last.leftStart,
        rightLength: run.rightStart + run.rightLength - last.rightStart,
      };
    } else all.push(run);
  }
  return all;
}

/** Parts that changed their order are not joined across each other. */
function isNear(between: number): boolean {
  return between >= 0 && between <= JOIN_BYTES;
}
