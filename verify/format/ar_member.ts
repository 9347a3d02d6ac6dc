/**
 * One member header of an ar archive and the place of what it describes; see
 * `ar.ts` for the dialects.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

const HEADER_BYTES = 60;
/** Names are read for labels, which are shorter still. */
const NAME_BYTES_MAX = 1024;
const decoder = new TextDecoder();

/** One member: its header, name and contents. */
export interface ArMember {
  /** Offset of the header. */
  readonly header: number;
  /** Name as its dialect spells it, without padding. */
  readonly name: string;
  /** Name for labels. */
  readonly label: string;
  /** Offset and length of the contents, after a BSD name. */
  readonly contents: number;
  readonly length: number;
  /** Offset of the next header, after the padding. */
  readonly end: number;
  /** Not a file: a symbol table or the table of long names. */
  readonly special: boolean;
  /** Width in bytes of the offsets of a GNU symbol table. */
  readonly symbols: 4 | 8 | undefined;
  /** The contents lie outside of a thin archive. */
  readonly external: boolean;
  /** The size is written in the shortest way. */
  readonly canonicalSize: boolean;
  /** What is wrong with the name, in plain words. */
  readonly problem?: string;
}

/** What the headers before have established. */
export interface ArContext {
  readonly thin: boolean;
  /** Contents of the `//` member, empty before it. */
  readonly longNames: Uint8Array;
}

/** Reads the header at `at`, or says in plain words why there is none. */
export function readMember(
  reader: Reader,
  at: number,
  context: ArContext,
): ArMember | string {
  if (reader.size - at < HEADER_BYTES) {
    return `expected a header of ${HEADER_BYTES} bytes, found ${
      reader.size - at
    } to the end of the file`;
  }
  const header = String.fromCharCode(...reader.read(at, HEADER_BYTES));
  if (header.slice(58) !== "`\n") {
    return "expected the mark of a header, found other bytes";
  }
  const sizeText = header.slice(48, 58);
  const digits = /^(\d+) *$/.exec(sizeText)?.[1];
  if (digits === undefined) {
    return `expected a decimal size, found "${sizeText}"`;
  }
  const size = Number(digits);
  const rawName = header.slice(0, 16).replace(/ +$/, "");
  const symbols = rawName === "/" ? 4 : rawName === "/SYM64/" ? 8 : undefined;
  const special = symbols !== undefined || rawName === "//" ||
    rawName === "/<ECSYMBOLS>/" || rawName.startsWith("__.SYMDEF");
  const external = context.thin && !special;
  const start = at + HEADER_BYTES;
  if (!external && size > reader.size - start) {
    return `expected a member of ${size} bytes, found ${
      reader.size - start
    } to the end of the file`;
  }
  const named = nameOf(reader, rawName, { start, size, context });
  const contents = start + named.inFile;
  const length = external ? 0 : size - named.inFile;
  const dataEnd = contents + length;
  const bsdTable = named.name.startsWith("__.SYMDEF");
  return {
    header: at,
    name: named.name,
    label: named.name,
    contents,
    length,
    end: Math.min(reader.size, dataEnd + dataEnd % 2),
    special: special || bsdTable,
    symbols,
    external,
    canonicalSize: digits === String(size),
    ...(named.problem === undefined ? {} : { problem: named.problem }),
  };
}

/** A member's name and how many bytes of its contents it takes. */
function nameOf(
  reader: Reader,
  rawName: string,
  place: {
    readonly start: number;
    readonly size: number;
    readonly context: ArContext;
  },
): { name: string; inFile: number; problem?: string } {
  const bsd = /^#1\/(\d+)$/.exec(rawName)?.[1];
  if (bsd !== undefined && !place.context.thin) {
    const length = Number(bsd);
    if (length > place.size) {
      return {
        name: rawName,
        inFile: 0,
        problem:
          `expected a name inside a member of ${place.size} bytes, found a length of ${length}`,
      };
    }
    const bytes = reader.read(place.start, Math.min(length, NAME_BYTES_MAX));
    return { name: text(bytes).replace(/\0+$/, ""), inFile: length };
  }
  const reference = /^\/(\d+)(?::\d+)?$/.exec(rawName)?.[1];
  if (reference !== undefined) {
    const name = longName(place.context.longNames, Number(reference));
    return name !== undefined ? { name, inFile: 0 } : {
      name: rawName,
      inFile: 0,
      problem:
        `expected a name in the table of long names, found a reference to ${reference}`,
    };
  }
  const special = rawName === "/" || rawName === "//" ||
    rawName === "/SYM64/" || rawName === "/<ECSYMBOLS>/";
  return { name: special ? rawName : rawName.replace(/\/$/, ""), inFile: 0 };
}

/** The name at `offset` of the `//` member; ends with `/\n`, `\n` or NUL. */
function longName(table: Uint8Array, offset: number): string | undefined {
  if (offset >= table.length) return undefined;
  let end = offset;
  while (
    end < table.length && end - offset < NAME_BYTES_MAX &&
    table[end] !== 0x0a && table[end] !== 0
  ) end++;
  return text(table.subarray(offset, end)).replace(/\/$/, "");
}

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
