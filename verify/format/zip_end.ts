/**
 * The end of a zip archive: the end of central directory record (PKWARE
 * APPNOTE 6.3.10, section 4.3.16) and, for Zip64, its record and locator
 * (sections 4.3.14 and 4.3.15).
 *
 * The record is the last one whose comment ends with the file. Offsets count
 * from the start of the archive, which may follow a prefix such as a
 * self-extractor's program; the length of the prefix is what makes the central
 * directory end where the end records begin.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { u16, u32, u64 } from "./little_endian.ts";

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const END_SIGNATURE = 0x06054b50;
const LOCATOR_BYTES = 20;
const LOCATOR_SIGNATURE = 0x07064b50;
const RECORD_BYTES = 56;
const RECORD_SIGNATURE = 0x06064b50;
/** Signature of a header of the central directory. */
export const CENTRAL_SIGNATURE = 0x02014b50;
/** Signature of a local file header. */
export const LOCAL_SIGNATURE = 0x04034b50;

/** Where the end records are and what they say. */
export interface ZipEnd {
  /** Offset of the end of central directory record. */
  readonly offset: number;
  /** Bytes of the record with its comment. */
  readonly length: number;
  /** The Zip64 record and its locator, when there are any. */
  readonly zip64: ZipEnd64 | undefined;
  /** Entries that the record announces. */
  readonly entries: number;
  /** Where the central directory lies in the file. */
  readonly directoryOffset: number;
  readonly directorySize: number;
  /** Bytes before the archive that its offsets do not count. */
  readonly base: number;
  /** What readers may disagree on, in plain words. */
  readonly problems: readonly string[];
}

/** Places of the Zip64 end records. */
export interface ZipEnd64 {
  readonly record: number;
  readonly recordLength: number;
  readonly locator: number;
}

/** Finds the end records, or says in plain words why there are none. */
export function findZipEnd(reader: Reader): ZipEnd | string {
  const found = findRecord(reader);
  if (found === undefined) {
    return "expected an end of central directory record, found none";
  }
  const { offset, problems } = found;
  const bytes = reader.read(offset, END_BYTES).slice();
  const disks = u16(bytes, 4) !== 0 && u16(bytes, 4) !== 0xffff ||
    u16(bytes, 6) !== 0 && u16(bytes, 6) !== 0xffff;
  if (disks) problems.push("expected one disk, found a split archive");
  let entries = u16(bytes, 10);
  let size = u32(bytes, 12);
  let start = u32(bytes, 16);
  const zip64 = findZip64(reader, offset);
  if (typeof zip64 === "string") problems.push(zip64);
  const record = typeof zip64 === "object" ? zip64 : undefined;
  if (record !== undefined) {
    const wide = reader.read(record.record, RECORD_BYTES).slice();
    const values: [number, number, number][] = [
      [entries, 0xffff, u64(wide, 32)],
      [size, 0xffffffff, u64(wide, 40)],
      [start, 0xffffffff, u64(wide, 48)],
    ];
    if (values.some(([old, mark, wider]) => old !== mark && old !== wider)) {
      problems.push(
        "expected both end records to agree, found other numbers in the Zip64 record",
      );
    }
    [entries, size, start] = values.map(([old, mark, wider]) =>
      old === mark ? wider : old
    ) as [number, number, number];
  }
  const end = record?.record ?? offset;
  const base = baseOf(reader, { start, size, end, entries, problems });
  if (base === undefined) {
    return `expected a central directory of ${size} bytes before ${end}, found none`;
  }
  return {
    offset,
    length: END_BYTES + u16(bytes, 20),
    zip64: record,
    entries,
    directoryOffset: start + base,
    directorySize: size,
    base,
    problems,
  };
}

/** The last end record whose comment fits, and what is odd about it. */
function findRecord(
  reader: Reader,
): { offset: number; problems: string[] } | undefined {
  const length = Math.min(reader.size, END_BYTES + COMMENT_BYTES_MAX);
  const tail = reader.read(reader.size - length, length);
  let loose: number | undefined;
  let exact: number | undefined;
  let several = false;
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x50 || u32(tail, at) !== END_SIGNATURE) continue;
    const end = at + END_BYTES + u16(tail, at + 20);
    const offset = reader.size - length + at;
    if (end === length) {
      several ||= exact !== undefined || loose !== undefined;
      exact ??= offset;
    } else if (end < length && exact === undefined) loose ??= offset;
  }
  if (exact !== undefined) {
    return {
      offset: exact,
      problems: several
        ? [
          "expected one end of central directory record, found another that ends with the file or lies in its comment",
        ]
        : [],
    };
  }
  if (loose === undefined) return undefined;
  return {
    offset: loose,
    problems: [
      "expected the archive to end with the file, found bytes after it",
    ],
  };
}

/** The Zip64 records before the end record at `end`, if any. */
function findZip64(
  reader: Reader,
  end: number,
): ZipEnd64 | string | undefined {
  const locator = end - LOCATOR_BYTES;
  if (locator < 0) return undefined;
  const bytes = reader.read(locator, LOCATOR_BYTES);
  if (u32(bytes, 0) !== LOCATOR_SIGNATURE) return undefined;
  const written = u64(bytes, 8);
  for (const record of [written, locator - RECORD_BYTES]) {
    if (record < 0 || record + RECORD_BYTES > locator) continue;
    const head = reader.read(record, 12);
    if (u32(head, 0) !== RECORD_SIGNATURE) continue;
    const recordLength = 12 + u64(head, 4);
    if (recordLength < RECORD_BYTES || record + recordLength > locator) {
      continue;
    }
    return { record, recordLength, locator };
  }
  return `expected a Zip64 end record at ${written}, found none`;
}

/** Length of the prefix, or undefined when no central directory is there. */
function baseOf(
  reader: Reader,
  claim: {
    readonly start: number;
    readonly size: number;
    readonly end: number;
    readonly entries: number;
    readonly problems: string[];
  },
): number | undefined {
  const { start, size, end, entries, problems } = claim;
  const base = end - size - start;
  if (!Number.isSafeInteger(base)) return undefined;
  if (entries === 0 && size === 0) return Math.max(0, base);
  const holds = (offset: number) =>
    offset >= 0 && offset + 4 <= end &&
    u32(reader.read(offset, 4), 0) === CENTRAL_SIGNATURE;
  const direct = start + size <= end && holds(start);
  if (base === 0) return direct ? 0 : undefined;
  const shifted = base > 0 && holds(start + base);
  if (direct) {
    problems.push(
      shifted
        ? "expected one central directory, found one with and one without the prefix"
        : "expected the central directory to reach the end records, found bytes between them",
    );
    return 0;
  }
  return shifted ? base : undefined;
}
