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

import { elfFacts } from "../metadata/machine_elf.ts";
import type { Reader } from "../reader.ts";
import { elfDynamic, ENTRIES_MAX, type Unreadable } from "./elf_dynamic.ts";
import { compareVersions } from "./version_order.ts";

const TAG = {
  versionNeeds: 0x6ffffffe,
  versionNeedCount: 0x6fffffff,
} as const;

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

/** Reads the needs of an ELF file; null for anything else. */
export function elfNeeds(reader: Reader): ElfNeeds | Unreadable | null {
  const dynamic = elfDynamic(reader);
  if (dynamic === null || dynamic.kind === "unreadable") return dynamic;
  const empty: ElfNeeds = {
    kind: "elf",
    interpreter: elfFacts(reader)?.interpreter ?? null,
    libraries: [],
    versions: {},
    others: [],
  };
  if (dynamic.kind === "none") return empty;
  const { tags, name } = dynamic;
  const bad = (reason: string): Unreadable => ({ kind: "unreadable", reason });
  const libraries = dynamic.needed.map(name);
  if (libraries.includes(null)) return bad("a library without a name");
  const versions = readVersions({
    at: dynamic.at,
    start: tags.get(TAG.versionNeeds),
    count: tags.get(TAG.versionNeedCount) ?? 0,
    littleEndian: dynamic.littleEndian,
    name,
  });
  if (versions === null) return bad("version needs that cannot be followed");
  return {
    ...empty,
    libraries: libraries.filter((library) => library !== null),
    ...highestVersions(versions),
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

/** The highest number of each family among the names of versions. */
export function highestVersions(
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
