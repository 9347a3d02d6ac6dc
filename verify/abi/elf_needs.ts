/**
 * What the dynamic loader must offer an ELF file before it starts it: the
 * interpreter, and the symbol versions that it needs of other libraries (Linux
 * Standard Base Core 5.0, "Symbol Versioning": `Elfxx_Verneed`,
 * `Elfxx_Vernaux`).
 *
 * Everything is found as the loader finds it, by the dynamic segment, so that
 * section headers, which anybody may strip or forge, have no say. A reference
 * that is marked weak counts as well: the file was made against that version.
 *
 * `GLIBC_ABI_DT_RELR` is a mark of glibc 2.36 and counts as that. Other
 * versions without a number are listed as they are.
 *
 * @module
 */

import { fits, isElf, readElf } from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";
import { elfFacts } from "../metadata/machine_elf.ts";
import { compareVersions } from "./version_order.ts";

const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const TAG = {
  end: 0,
  needed: 1,
  strings: 5,
  stringBytes: 10,
  versionNeeds: 0x6ffffffe,
  versionNeedCount: 0x6fffffff,
} as const;
const ENTRIES_MAX = 4_096;
const STRINGS_BYTES_MAX = 64 << 20;
const NAME_BYTES_MAX = 256;

/** Versions without a number that stand for one. */
const MARKS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["GLIBC_ABI_DT_RELR", ["GLIBC", "2.36"]],
]);

/** What an ELF file needs of its system. */
export interface ElfNeeds {
  readonly kind: "elf";
  /** Program interpreter; null for a file that is started without one. */
  readonly interpreter: string | null;
  /** Names of needed libraries. */
  readonly libraries: readonly string[];
  /** Highest version by prefix, such as 2.34 of GLIBC. */
  readonly versions: Readonly<Record<string, string>>;
  /** Versions that have no number, such as GLIBC_PRIVATE. */
  readonly others: readonly string[];
}

/** Needs that could not be read. */
export interface Unreadable {
  readonly kind: "unreadable";
  readonly reason: string;
}

/** Reads the needs of an ELF file; null for anything else. */
export function elfNeeds(reader: Reader): ElfNeeds | Unreadable | null {
  if (!isElf(reader)) return null;
  const headers = readElf(reader);
  const { is64, littleEndian, segments } = headers;
  const bad = (reason: string): Unreadable => ({ kind: "unreadable", reason });
  const flaw = headers.flaws.find(({ path }) => path === "elf/program-headers");
  if (flaw !== undefined) return bad(flaw.detail);
  const interpreter = elfFacts(reader)?.interpreter ?? null;
  const empty: ElfNeeds = {
    kind: "elf",
    interpreter,
    libraries: [],
    versions: {},
    others: [],
  };
  const dynamics = segments.filter(({ type }) => type === SEGMENT_DYNAMIC);
  const dynamic = dynamics[0];
  if (dynamic === undefined) {
    // An object or a library without segments is started by nobody.
    return segments.length === 0 ? bad("no segments") : empty;
  }
  if (dynamics.length > 1) return bad("several dynamic segments");
  if (!fits(reader, dynamic.offset, dynamic.fileSize)) {
    return bad("a dynamic segment outside the file");
  }
  const view = (offset: number, length: number) => {
    const bytes = reader.read(offset, length).slice();
    return new DataView(bytes.buffer);
  };
  const step = is64 ? 16 : 8;
  const count = Math.floor(dynamic.fileSize / step);
  if (count > ENTRIES_MAX) return bad(`${count} dynamic entries`);
  const table = view(dynamic.offset, count * step);
  const word = (at: number) =>
    is64
      ? Number(table.getBigUint64(at, littleEndian))
      : table.getUint32(at, littleEndian);
  const tags = new Map<number, number>();
  const neededAt: number[] = [];
  for (let index = 0; index < count; index++) {
    const tag = word(index * step);
    if (tag === TAG.end) break;
    const value = word(index * step + step / 2);
    if (tag === TAG.needed) neededAt.push(value);
    else tags.set(tag, value);
  }
  const offsetOf = (address: number | undefined, length: number) => {
    if (address === undefined) return null;
    const segment = segments.find(({ type, address: start, fileSize }) =>
      type === SEGMENT_LOAD && address >= start &&
      address + length <= start + fileSize
    );
    const offset = segment === undefined
      ? -1
      : segment.offset + (address - segment.address);
    return fits(reader, offset, length) ? offset : null;
  };
  const stringBytes = tags.get(TAG.stringBytes) ?? 0;
  const stringsAt = offsetOf(tags.get(TAG.strings), stringBytes);
  if (stringsAt === null || stringBytes > STRINGS_BYTES_MAX) {
    return tags.size === 0 && neededAt.length === 0
      ? empty
      : bad("no string table where the dynamic segment says");
  }
  const name = (at: number): string | null => {
    if (at >= stringBytes) return null;
    const length = Math.min(NAME_BYTES_MAX, stringBytes - at);
    const bytes = reader.read(stringsAt + at, length);
    const end = bytes.indexOf(0);
    return end === -1 ? null : new TextDecoder().decode(bytes.subarray(0, end));
  };
  const libraries = neededAt.map(name);
  if (libraries.includes(null)) return bad("a library without a name");
  const versions = readVersions({
    at: (offset, length) => {
      const place = offsetOf(offset, length);
      return place === null ? null : view(place, length);
    },
    start: tags.get(TAG.versionNeeds),
    count: tags.get(TAG.versionNeedCount) ?? 0,
    littleEndian,
    name,
  });
  if (versions === null) return bad("version needs that cannot be followed");
  return {
    ...empty,
    libraries: libraries.filter((library) => library !== null),
    ...highest(versions),
  };
}

/** Names of all needed versions, or null when the lists break off. */
function readVersions(options: {
  readonly at: (address: number, length: number) => DataView | null;
  readonly start: number | undefined;
  readonly count: number;
  readonly littleEndian: boolean;
  readonly name: (at: number) => string | null;
}): string[] | null {
  const { at, count, littleEndian, name } = options;
  if (options.start === undefined) return count === 0 ? [] : null;
  if (count === 0 || count > ENTRIES_MAX) return null;
  const names = new Set<string>();
  let seen = 0;
  let need = options.start;
  for (let index = 0; index < count; index++) {
    const header = at(need, 16);
    if (header === null || header.getUint16(0, littleEndian) !== 1) return null;
    const own = header.getUint16(2, littleEndian);
    let entry = need + header.getUint32(8, littleEndian);
    for (let version = 0; version < own; version++) {
      if (++seen > ENTRIES_MAX) return null;
      const auxiliary = at(entry, 16);
      const text = auxiliary === null
        ? null
        : name(auxiliary.getUint32(8, littleEndian));
      if (auxiliary === null || text === null) return null;
      names.add(text);
      const next = auxiliary.getUint32(12, littleEndian);
      if (next === 0 && version + 1 < own) return null;
      entry += next;
    }
    const next = header.getUint32(12, littleEndian);
    if (next === 0 && index + 1 < count) return null;
    need += next;
  }
  return [...names].sort();
}

function highest(
  names: readonly string[],
): Pick<ElfNeeds, "versions" | "others"> {
  const versions = new Map<string, string>();
  const others: string[] = [];
  for (const name of names) {
    const match = /^(.+)_(\d+(?:\.\d+)*)$/.exec(name);
    const [prefix, version] = MARKS.get(name) ??
      [match?.[1], match?.[2]] as const;
    if (prefix === undefined || version === undefined) {
      others.push(name);
      continue;
    }
    const before = versions.get(prefix);
    if (before === undefined || compareVersions(before, version) < 0) {
      versions.set(prefix, version);
    }
  }
  return { versions: Object.fromEntries([...versions].sort()), others };
}
