/**
 * Holds a layout against the sections that another tool names: each begins and
 * ends where fields do, and the field at its start bears its name.
 *
 * @module
 */

import type { Layout } from "../../verify/format/layout.ts";
import type { Section } from "./sections.ts";

/** What a layout and a tool do not agree on, in plain words. */
export function disagreements(
  layout: Layout,
  sections: readonly Section[],
  size: number,
): string[] {
  const starts = new Map<number, string[]>();
  const ends = new Set<number>();
  for (const { path, offset, length } of layout.fields) {
    if (length === 0) continue;
    starts.set(offset, [...starts.get(offset) ?? [], path]);
    ends.add(offset + length);
  }
  return sections.flatMap((section) => {
    const { name, offset } = section;
    // A tool may list what a truncated file no longer holds.
    if (offset + section.size > size) return [];
    const end = layout.format === "wasm"
      ? endOfWasm(layout, section)
      : offset + section.size;
    const place = `${name} at ${offset}, ${section.size} bytes`;
    const labels = starts.get(offset);
    if (labels === undefined) return [`${place}: no field starts there`];
    if (end === undefined || !ends.has(end)) {
      return [`${place}: no field ends there`];
    }
    return layout.format === "wasm" ||
        labels.some((label) => bears(label, name))
      ? []
      : [`${place}: called ${labels.join(", ")}`];
  });
}

/** Whether a label names a section; long names may be cut or escaped. */
function bears(label: string, name: string): boolean {
  const [, bare = ""] = /^[a-z]+\/([^]*)$/.exec(label) ?? [];
  return name === "" || bare === name || bare.startsWith(`${name}/`) ||
    bare.startsWith(`${name}#`) || bare.startsWith(name.slice(0, 16));
}

/** The tool counts the body alone, behind an id and a LEB128 size. */
function endOfWasm(layout: Layout, section: Section): number | undefined {
  const ends = layout.fields.map(({ offset, length }) => offset + length);
  for (let header = 2; header <= 6; header++) {
    const body = section.offset + header;
    if (
      ends.includes(body + section.size) &&
      (section.size === 0 || ends.includes(body))
    ) return body + section.size;
  }
  return undefined;
}
