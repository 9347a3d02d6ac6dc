/**
 * Extra fields of a zip entry (PKWARE APPNOTE 6.3.10, section 4.5): blocks of
 * an id, a size and data. Known here are Zip64 (4.5.3), NTFS times (4.5.5) and,
 * of Info-ZIP's registered ids (4.6.1, `extrafld.txt` of Info-ZIP), the
 * extended timestamp 0x5455 and the old Unix block 0x5855. Only their times
 * are volatile; flags, owners and every other block are content. Bytes that
 * are no blocks, such as alignment, are content too.
 *
 * @module
 */

import type { FieldKind } from "./layout.ts";
import { u16, u32, u64 } from "./little_endian.ts";

/** One part of the extra bytes of an entry, in order. */
export interface ExtraPart {
  /** Label below the header's, such as `extra-times/modified`. */
  readonly label: string;
  readonly kind: FieldKind;
  readonly length: number;
  readonly normalizer?: string;
}

/** Numbers of an entry that the Zip64 block replaces, in its order. */
export interface Zip64Values {
  size: number;
  compressedSize: number;
  localOffset?: number;
}

const ZIP64 = 0x0001;
const NTFS = 0x000a;
const EXTENDED_TIME = 0x5455;
const OLD_UNIX = 0x5855;
const MARK = 0xffffffff;

/** Divides extra bytes into parts that add up to them. */
export function extraParts(
  extra: Uint8Array,
  zip64: readonly string[],
): ExtraPart[] {
  const parts: ExtraPart[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const id = u16(extra, at);
    const size = u16(extra, at + 2);
    if (at + 4 + size > extra.length) break;
    const data = extra.subarray(at + 4, at + 4 + size);
    const name = `extra-${EXTRA_NAMES.get(id) ?? `0x${id.toString(16)}`}`;
    parts.push({ label: `${name}/header`, kind: "content", length: 4 });
    for (const part of blockParts(id, data, zip64)) {
      parts.push({ ...part, label: `${name}/${part.label}` });
    }
    at += 4 + size;
  }
  if (at < extra.length) {
    parts.push({
      label: "extra-rest",
      kind: "content",
      length: extra.length - at,
    });
  }
  return parts;
}

const EXTRA_NAMES = new Map([
  [ZIP64, "zip64"],
  [NTFS, "ntfs"],
  [EXTENDED_TIME, "times"],
  [OLD_UNIX, "unix"],
]);

function blockParts(
  id: number,
  data: Uint8Array,
  zip64: readonly string[],
): ExtraPart[] {
  const time = (label: string, length: number): ExtraPart => ({
    label,
    kind: "volatile",
    length,
    normalizer: "zip-extra-time",
  });
  const content = (label: string, length: number): ExtraPart[] =>
    length === 0 ? [] : [{ label, kind: "content", length }];
  if (id === EXTENDED_TIME && data.length % 4 === 1 && data.length <= 13) {
    return [
      ...content("flags", 1),
      ...["first", "second", "third"].slice(0, (data.length - 1) / 4)
        .map((label) => time(label, 4)),
    ];
  }
  if (id === OLD_UNIX && data.length >= 8) {
    return [
      time("accessed", 4),
      time("modified", 4),
      ...content("owner", data.length - 8),
    ];
  }
  if (
    id === NTFS && data.length === 32 && u16(data, 4) === 1 &&
    u16(data, 6) === 24
  ) {
    return [
      ...content("tag", 8),
      time("modified", 8),
      time("accessed", 8),
      time("created", 8),
    ];
  }
  if (id === ZIP64 && data.length === zip64.length * 8) {
    return zip64.map((label) => ({
      label,
      kind: "derived",
      length: 8,
      normalizer: label === "local-offset" ? "zip-offset" : "zip-size",
    }));
  }
  return content("data", data.length);
}

/** Labels of the numbers that a Zip64 block holds, in its order. */
export function zip64Labels(values: Zip64Values): string[] {
  const labels: string[] = [];
  if (values.size === MARK) labels.push("size");
  if (values.compressedSize === MARK) labels.push("compressed-size");
  if (values.localOffset === MARK) labels.push("local-offset");
  return labels;
}

/**
 * Replaces the numbers that the header marks as held by a Zip64 block.
 *
 * @returns Whether every marked number was found.
 */
export function applyZip64(extra: Uint8Array, values: Zip64Values): boolean {
  const labels = zip64Labels(values);
  if (labels.length === 0) return true;
  for (let at = 0; at + 4 <= extra.length;) {
    const size = u16(extra, at + 2);
    if (u16(extra, at) === ZIP64 && at + 4 + size <= extra.length) {
      if (size < labels.length * 8) return false;
      for (const [index, label] of labels.entries()) {
        const value = u64(extra, at + 4 + index * 8);
        if (label === "size") values.size = value;
        else if (label === "compressed-size") values.compressedSize = value;
        else values.localOffset = value;
      }
      return true;
    }
    at += 4 + size;
  }
  return false;
}

/** Whether four bytes at `offset` are the mark that Zip64 holds the number. */
export function isZip64Mark(bytes: Uint8Array, offset: number): boolean {
  return u32(bytes, offset) === MARK;
}
