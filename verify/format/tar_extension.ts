/**
 * What an extension header says of the entry that follows: pax records (`x`,
 * and `g` for all that follow; POSIX.1-2017, pax, "pax Header Block") and long
 * names and links of GNU tar (`L`, `K`; GNU tar manual, "Tar Internals").
 *
 * Names and sizes in a global header, keys given twice, records that break the
 * grammar, and NULs within names are read differently by different readers;
 * each is reported.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Field } from "./layout.ts";
import { type PaxRecord, paxRecords } from "./pax.ts";
import { TAR_BLOCK } from "./tar_header.ts";
import { isTarText, tarText } from "./tar_number.ts";
import { byteString } from "./tar_text.ts";

/** The body of an extension header. */
export interface TarExtension {
  /** Type flag: `x`, `g`, `L` or `K`. */
  readonly type: string;
  /** Label of the header, such as `pax`. */
  readonly what: string;
  readonly body: Uint8Array;
  /** Place of the body, which the fields and flaws count from. */
  readonly offset: number;
}

/** Something that readers treat differently. */
export interface ExtensionFlaw {
  readonly code: Code;
  readonly path: string;
  readonly offset: number;
  readonly detail: string;
}

/** What an extension header says. */
export interface ExtensionContents {
  readonly fields: readonly Field[];
  readonly flaws: readonly ExtensionFlaw[];
  /** One character per byte. */
  readonly name?: string;
  readonly link?: string;
  readonly size?: number;
}

/** Reads the body of an extension header. */
export function readTarExtension(extension: TarExtension): ExtensionContents {
  return extension.type === "x" || extension.type === "g"
    ? readPax(extension)
    : readLong(extension);
}

function readLong(
  { type, what, body, offset }: TarExtension,
): ExtensionContents {
  const text = byteString(tarText(body));
  return {
    fields: [{ path: what, kind: "content", offset, length: body.length }],
    flaws: isTarText(body) ? [] : [nulFlaw(what, offset)],
    ...(type === "L" ? { name: text } : { link: text }),
  };
}

function readPax(
  { type, what, body, offset }: TarExtension,
): ExtensionContents {
  const global = type === "g";
  const { records, invalidAt } = paxRecords(body);
  const fields: Field[] = [];
  const flaws: ExtensionFlaw[] = [];
  const seen = new Set<string>();
  let said: Pick<ExtensionContents, "name" | "link" | "size"> = {};
  for (const record of records) {
    const place = {
      path: `${what}/${record.key}`,
      offset: offset + record.offset,
    };
    if (seen.has(record.key)) {
      flaws.push({
        ...place,
        code: "layout-invalid",
        detail: "expected one record for each key, found a second",
      });
    }
    seen.add(record.key);
    said = { ...said, ...readRecord(record, { global, place, flaws }) };
    const normalizer = paxNormalizer(record.key, global);
    fields.push({
      ...place,
      length: record.length,
      ...(normalizer === undefined
        ? { kind: "content" }
        : { kind: "volatile", normalizer }),
    });
  }
  if (invalidAt !== undefined) {
    flaws.push({
      code: "layout-invalid",
      path: what,
      offset: offset + invalidAt,
      detail:
        'expected records of the form "length key=value", found other bytes',
    });
    fields.push({
      path: `${what}/rest`,
      kind: "content",
      offset: offset + invalidAt,
      length: body.length - invalidAt,
    });
  }
  return { fields, flaws, ...said };
}

/** What a record means for the entry that follows. */
function readRecord(
  { key, value }: PaxRecord,
  { global, place, flaws }: {
    global: boolean;
    place: { path: string; offset: number };
    flaws: ExtensionFlaw[];
  },
): Pick<ExtensionContents, "name" | "link" | "size"> {
  if (!["path", "linkpath", "size"].includes(key)) return {};
  if (global) {
    flaws.push({
      ...place,
      code: "layout-invalid",
      detail: `expected no global "${key}", which readers treat differently`,
    });
    return {};
  }
  const text = byteString(value);
  if (key === "size") {
    const size = Number(text);
    if (/^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(size)) {
      return { size };
    }
    flaws.push({
      ...place,
      code: "layout-invalid",
      detail: `expected a decimal size, found "${text}"`,
    });
    return {};
  }
  if (value.includes(0)) flaws.push(nulFlaw(place.path, place.offset));
  return key === "path" ? { name: text } : { link: text };
}

function nulFlaw(path: string, offset: number): ExtensionFlaw {
  return {
    code: "archive-name-unsafe",
    path,
    offset,
    detail:
      "expected nothing after the NUL that ends a text, found other bytes",
  };
}

/** A global owner may reach an entry with a set-ID bit, so it is content. */
function paxNormalizer(key: string, global: boolean): string | undefined {
  switch (key) {
    case "mtime":
    case "atime":
    case "ctime":
    case "LIBARCHIVE.creationtime":
      return "tar-pax-times";
    case "uid":
    case "gid":
    case "uname":
    case "gname":
      return global ? undefined : "tar-pax-owner";
    default:
      return undefined;
  }
}

/**
 * Whether an extended header in front of an entry's own names something.
 *
 * @param head All bytes of the entry before its body.
 */
export function extensionSays(head: Uint8Array, what: string): boolean {
  return head.length > TAR_BLOCK &&
    byteString(head.subarray(0, -TAR_BLOCK)).includes(what);
}
