/**
 * Functions and data segments of WebAssembly modules have numbers for names.
 * Where the sides have another number of them, equal numbers mean nothing: then
 * they are paired from the start and from the end as long as their sizes are
 * the same, and what is between is compared as one piece, in which what is
 * equal is found again wherever it moved. Of data in thousands of segments, as
 * Go writes it, several are one field, so that a report of them stays readable.
 *
 * Only the names under which fields are compared change: each byte of both
 * files is still compared, and a difference in any of them is still one.
 *
 * @module
 */

import type { Field } from "../format/layout.ts";
import type { LaidOut } from "./compare_layouts.ts";

const SEGMENT = /^wasm\/data\/segment-\d+$/;
const NUMBERED = [/^wasm\/code\/function-\d+$/, SEGMENT];
/** From so many segments on, so many of them are one field. */
const GROUPED_MIN = 1_000;
const GROUP = 64;

/** The two sides, with other fields where the numbers would mislead. */
export function mergeNumbered(
  left: LaidOut,
  right: LaidOut,
): { readonly left: LaidOut; readonly right: LaidOut } {
  if (left.layout.format !== "wasm" || right.layout.format !== "wasm") {
    return { left, right };
  }
  let [ours, theirs] = [left.layout.fields, right.layout.fields];
  for (const form of NUMBERED) [ours, theirs] = mergeOne(ours, theirs, form);
  const withFields = (side: LaidOut, fields: readonly Field[]) => ({
    ...side,
    layout: { ...side.layout, fields },
  });
  return { left: withFields(left, ours), right: withFields(right, theirs) };
}

type Sides = [readonly Field[], readonly Field[]];

function mergeOne(
  left: readonly Field[],
  right: readonly Field[],
  form: RegExp,
): Sides {
  const ours = numbered(left, form);
  const theirs = numbered(right, form);
  if (ours === undefined || theirs === undefined) return [left, right];
  const counts = [ours.fields.length, theirs.fields.length] as const;
  const isMany = Math.min(...counts) > GROUPED_MIN && form === SEGMENT;
  if (counts[0] === counts[1] && !isMany) return [left, right];
  const { start, end } = pairedEnds(ours.fields, theirs.fields);
  // The names of the left side stand for both.
  const label = (ours.fields[0]?.path ?? "").replace(/-\d+$/, "");
  const size = isMany ? GROUP : 1;
  const rename = (all: readonly Field[]): Field[] => [
    ...grouped(all.slice(0, start), { label, first: 0, size }),
    ...joined(all.slice(start, all.length - end), `${label}s-from-${start}`),
    ...grouped(all.slice(all.length - end), {
      label,
      first: counts[0] - end,
      size,
    }),
  ];
  return [
    [...ours.before, ...rename(ours.fields), ...ours.behind],
    [...theirs.before, ...rename(theirs.fields), ...theirs.behind],
  ];
}

/** How many are paired from the start, and from the end. */
function pairedEnds(
  left: readonly Field[],
  right: readonly Field[],
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(left.length, right.length);
  if (left.length === right.length) return { start: shorter, end: 0 };
  const isPair = (one: Field | undefined, other: Field | undefined) =>
    one?.length === other?.length;
  let start = 0;
  while (start < shorter && isPair(left[start], right[start])) start++;
  let end = 0;
  while (
    end < shorter - start && isPair(left.at(-1 - end), right.at(-1 - end))
  ) end++;
  return { start, end };
}

/** Fields under the numbers of the left side, so many to one. */
function grouped(
  fields: readonly Field[],
  { label, first, size }: { label: string; first: number; size: number },
): Field[] {
  const groups: Field[] = [];
  for (let index = 0; index < fields.length; index += size) {
    const group = fields.slice(index, index + size);
    const number = first + index;
    const path = group.length === 1
      ? `${label}-${number}`
      : `${label}s-${number}-to-${number + group.length - 1}`;
    groups.push(...joined(group, path));
  }
  return groups;
}

interface Numbered {
  readonly before: readonly Field[];
  readonly fields: readonly Field[];
  readonly behind: readonly Field[];
}

/** The numbered fields of a section, which follow each other without a gap. */
function numbered(
  fields: readonly Field[],
  form: RegExp,
): Numbered | undefined {
  const first = fields.findIndex(({ path }) => form.test(path));
  const last = fields.findLastIndex(({ path }) => form.test(path));
  if (first === -1) return undefined;
  const inside = fields.slice(first, last + 1);
  return inside.every(({ path }) => form.test(path))
    ? {
      before: fields.slice(0, first),
      fields: inside,
      behind: fields.slice(last + 1),
    }
    : undefined;
}

function joined(fields: readonly Field[], path: string): Field[] {
  const [first] = fields;
  const last = fields.at(-1);
  return first === undefined || last === undefined ? [] : [{
    path,
    kind: "content",
    offset: first.offset,
    length: last.offset + last.length - first.offset,
  }];
}
