/**
 * Layout of gzip files, RFC 1952 sections 2.2 and 2.3: all members, each with
 * magic and method, flags, MTIME, XFL, OS, optional fields, the deflate stream
 * and the trailer (CRC32, ISIZE). What follows the last member is content.
 *
 * The decoded bytes of all members together are one inner file, as every
 * reader of the format sees them; comparison opens it.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { type GzipPass, GzipStream } from "./gzip_stream.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

/** Layout of a gzip file with what the trailers said. */
export interface GzipLayout extends Layout {
  /** Labels of the derived fields that hold another value than computed. */
  readonly disagreeing: ReadonlySet<string>;
}

/** The gzip format. */
export const gzip: Format = {
  name: "gzip",
  detect(reader) {
    if (reader.size < 3) return false;
    const magic = reader.read(0, 3);
    return magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 8;
  },
  layout(reader, fieldsMax) {
    const stream = new GzipStream(reader);
    while (stream.next() !== undefined) continue;
    return gzipLayout(reader, stream, fieldsMax);
  },
};

/** The layout of a file over which a pass has come to its end. */
export function gzipLayout(
  reader: Reader,
  stream: GzipPass,
  fieldsMax?: number,
): GzipLayout {
  const ledger = new LedgerBuilder("gzip", reader.size, fieldsMax);
  const disagreeing = new Set<string>();
  for (const [index, member] of stream.members.entries()) {
    const label = `gzip/${index}`;
    const at = (from: number, length: number) => ({
      offset: member.offset + from,
      length,
    });
    ledger.claim(`${label}/magic`, "framing", at(0, 3));
    ledger.claim(`${label}/flags`, "framing", at(3, 1), {
      normalizer: "gzip-name",
    });
    ledger.claim(`${label}/mtime`, "volatile", at(4, 4), {
      normalizer: "gzip-mtime",
    });
    ledger.claim(`${label}/xfl`, "volatile", at(8, 1), {
      normalizer: "gzip-xfl",
    });
    ledger.claim(`${label}/os`, "volatile", at(9, 1), {
      normalizer: "gzip-os",
    });
    if (member.extra) ledger.claim(`${label}/extra`, "content", member.extra);
    if (member.name) {
      ledger.claim(`${label}/name`, "volatile", member.name, {
        normalizer: "gzip-name",
      });
    }
    if (member.comment) {
      ledger.claim(`${label}/comment`, "content", member.comment);
    }
    if (member.headerCrc) {
      ledger.claim(`${label}/header-crc`, "derived", member.headerCrc, {
        normalizer: "gzip-header-crc",
      });
      if (!member.headerCrcAgrees) disagreeing.add(`${label}/header-crc`);
    }
    ledger.claim(`${label}/deflate`, "content", member.deflate, {
      normalizer: "gzip-deflate",
      inner: "deflate",
    });
    if (member.trailer) {
      const { offset } = member.trailer;
      ledger.claim(`${label}/crc32`, "derived", { offset, length: 4 }, {
        normalizer: "gzip-crc32",
      });
      ledger.claim(
        `${label}/isize`,
        "derived",
        { offset: offset + 4, length: 4 },
        { normalizer: "gzip-isize" },
      );
      if (!member.crcAgrees) disagreeing.add(`${label}/crc32`);
      if (!member.sizeAgrees) disagreeing.add(`${label}/isize`);
    }
  }
  for (const problem of stream.problems) {
    ledger.problem(
      problem.code,
      `gzip/${problem.member}`,
      problem.offset,
      problem.detail,
    );
  }
  return { ...ledger.finish(), disagreeing };
}
