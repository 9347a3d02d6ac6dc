/**
 * `zip-offset`: the place of a local header in a central header, and the place
 * and size of the central directory in the end records.
 *
 * Specification: PKWARE APPNOTE 6.3.10, sections 4.4.16, 4.4.23 and 4.4.24, and
 * 4.3.14 and 4.3.15 for Zip64.
 *
 * Safe because each number is held against the parsed archive and agrees only
 * when it is where the structure is; a local header must be that of the same
 * name. Numbers shift when an entry before them changes its length.
 *
 * Must not hide: entries that changed their order, came or went: the order of
 * fields shows these. Whether offsets count a prefix is an empty field of
 * content of its own.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { u32, u64 } from "../format/little_endian.ts";
import { type ZipArchive, zipArchiveOf } from "../format/zip_archive.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";

/** Offsets and the size of the directory of a zip archive. */
export const zipOffset: Normalizer = {
  id: "zip-offset",
  format: "zip",
  action: "derive",
  summary: "offsets in zip archives, derived from the place of their entries",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 4 || bytes.length === 8;
  },
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const archive = zipArchiveOf(reader, layout);
    const bytes = reader.read(field.offset, field.length);
    const written = field.length === 4 ? u32(bytes, 0) : u64(bytes, 0);
    return written === expectedNumber(archive, field) ? "agrees" : "disagrees";
  },
  show(bytes: Uint8Array): string {
    return String(bytes.length === 4 ? u32(bytes, 0) : u64(bytes, 0));
  },
};

function expectedNumber(
  archive: ZipArchive,
  field: Field,
): number | undefined {
  const { end } = archive;
  if (end === undefined) return undefined;
  const name = field.path.slice(field.path.lastIndexOf("/") + 1);
  if (name === "directory-size") {
    return archive.entries.reduce((sum, one) => sum + one.central.length, 0);
  }
  if (name === "directory-offset") {
    const first = archive.entries[0]?.central.offset;
    return (first ?? end.directoryOffset) - end.base;
  }
  if (name === "record-offset") {
    return end.zip64 === undefined ? undefined : end.zip64.record - end.base;
  }
  // A central header is found by the place of the field that it holds.
  const entry = entryAround(archive, field.offset);
  return entry?.local === undefined ? undefined : entry.local.offset - end.base;
}

/** The entry whose central header holds an offset, by halving. */
function entryAround(archive: ZipArchive, offset: number) {
  let low = 0;
  let high = archive.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const central = archive.entries[middle]?.central;
    if (central !== undefined && central.offset <= offset) low = middle + 1;
    else high = middle;
  }
  return archive.entries[low - 1];
}
