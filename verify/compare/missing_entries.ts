/**
 * Entries of archives that are on one side only. Such an entry is one
 * difference, not as many as its headers have fields.
 *
 * @module
 */

import type { Field, FormatName } from "../format/layout.ts";
import type { LaidOut } from "./compare_layouts.ts";
import type { Session } from "./session.ts";

/** Labels of the parts of an entry; the entry is what stands in front. */
const ENTRY_PARTS: Partial<Record<FormatName, RegExp>> = {
  ar: /^(ar\/.+)\/(?:header(?:\/[^/]+)?|(?<!\/header\/)name|contents|padding)$/,
  zip:
    /^(zip\/.+)\/(?:(?:local|central|descriptor)(?:\/[^/]+)*|contents|in-front)$/,
};

/** One side's fields without a partner. */
export interface MissingFields {
  readonly side: "left" | "right";
  readonly own: LaidOut;
  readonly other: LaidOut;
  readonly fields: readonly Field[];
}

/**
 * Reports every entry of which the other side has nothing.
 *
 * @param file Prefix of the labels.
 * @returns The fields that remain to be reported one by one.
 */
export function reportMissingEntries(
  session: Session,
  file: string,
  { side, own, other, fields }: MissingFields,
): readonly Field[] {
  const parts = ENTRY_PARTS[own.layout.format];
  if (parts === undefined || fields.length === 0) return fields;
  const entryOf = ({ path }: Field) => parts.exec(path)?.[1];
  const present = new Set(other.layout.fields.map(entryOf));
  const missing = Map.groupBy(fields, (field) => {
    const entry = entryOf(field);
    return present.has(entry) ? undefined : entry;
  });
  for (const [entry, group] of missing) {
    // What is content has no account on one side, so neither has the entry.
    const [first] = group;
    if (entry === undefined || first === undefined) continue;
    const bytes = group.reduce((sum, { length }) => sum + length, 0);
    const place = { offset: first.offset, length: bytes, value: "present" };
    session.add({
      code: "entry-missing",
      file,
      path: entry,
      left: side === "left" ? place : null,
      right: side === "right" ? place : null,
      standing: "unaccounted",
      kind: "content",
      bytes,
    });
  }
  return missing.get(undefined) ?? [];
}
