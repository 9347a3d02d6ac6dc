/**
 * The dynamic segment of an ELF file (System V ABI, "Dynamic Section"), read
 * as the loader reads it: by program headers and addresses. Section headers,
 * which anybody may strip or forge, have no say.
 *
 * @module
 */

import { fits, isElf, readElf } from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";

const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const TAG = { end: 0, needed: 1, strings: 5, stringBytes: 10 } as const;
const STRINGS_BYTES_MAX = 64 << 20;
const NAME_BYTES_MAX = 256;

/** Most entries of a dynamic segment, and of a list of versions. */
export const ENTRIES_MAX = 4_096;

/** A dynamic segment that could be read. */
export interface ElfDynamic {
  readonly kind: "dynamic";
  readonly littleEndian: boolean;
  /** Values by tag; those of needed libraries are apart. */
  readonly tags: ReadonlyMap<number, number>;
  /** Places of the names of needed libraries in the string table. */
  readonly needed: readonly number[];
  /** The bytes at an address; null where no segment is loaded there. */
  readonly at: (address: number, length: number) => DataView | null;
  /** A text of the string table; null outside of it. */
  readonly name: (at: number) => string | null;
}

/** Headers that could not be read. */
export interface Unreadable {
  readonly kind: "unreadable";
  readonly reason: string;
}

/**
 * Reads the dynamic segment; null for bytes that are no ELF file, and `none`
 * for a file that is started without one.
 */
export function elfDynamic(
  reader: Reader,
): ElfDynamic | Unreadable | { readonly kind: "none" } | null {
  if (!isElf(reader)) return null;
  const headers = readElf(reader);
  const { is64, littleEndian, segments } = headers;
  const bad = (reason: string): Unreadable => ({ kind: "unreadable", reason });
  const flaw = headers.flaws.find(({ path }) => path === "elf/program-headers");
  if (flaw !== undefined) return bad(flaw.detail);
  const dynamics = segments.filter(({ type }) => type === SEGMENT_DYNAMIC);
  const dynamic = dynamics[0];
  if (dynamic === undefined) {
    // An object or a library without segments is started by nobody.
    return segments.length === 0 ? bad("no segments") : { kind: "none" };
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
  const needed: number[] = [];
  for (let index = 0; index < count; index++) {
    const tag = word(index * step);
    if (tag === TAG.end) break;
    const value = word(index * step + step / 2);
    if (tag === TAG.needed) needed.push(value);
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
    return tags.size === 0 && needed.length === 0
      ? { kind: "none" }
      : bad("no string table where the dynamic segment says");
  }
  return {
    kind: "dynamic",
    littleEndian,
    tags,
    needed,
    at(address, length) {
      const place = offsetOf(address, length);
      return place === null ? null : view(place, length);
    },
    name(at) {
      if (at >= stringBytes) return null;
      const length = Math.min(NAME_BYTES_MAX, stringBytes - at);
      const bytes = reader.read(stringsAt + at, length);
      const end = bytes.indexOf(0);
      return end === -1
        ? null
        : new TextDecoder().decode(bytes.subarray(0, end));
    },
  };
}
