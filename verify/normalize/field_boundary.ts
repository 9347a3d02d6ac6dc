/**
 * Search in a layout. Fields are ordered and without gaps, so a place in the
 * file is found by halving.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";

/** Index of the first field that starts at or after `offset`. */
export function fieldIndexAt(layout: Layout, offset: number): number {
  let low = 0;
  let high = layout.fields.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((layout.fields[middle] as Field).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether some field ends exactly at `offset`. */
export function endsField(layout: Layout, offset: number): boolean {
  const next = layout.fields[fieldIndexAt(layout, offset)];
  if (next !== undefined) return next.offset === offset;
  const last = layout.fields.at(-1);
  return last !== undefined && last.offset + last.length === offset;
}
