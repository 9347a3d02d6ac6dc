/**
 * Layout of tar archives: every header field, body and padding of every entry
 * and the end blocks. The walk does the reading; this file turns it into a
 * ledger.
 *
 * @module
 */

import type { Format } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { ReaderSource } from "./source.ts";
import { isTarStart, TAR_BLOCK } from "./tar_header.ts";
import { TarWalk } from "./tar_walk.ts";

/** The tar format. */
export const tar: Format = {
  name: "tar",
  detect(reader) {
    if (reader.size < TAR_BLOCK) return false;
    return isTarStart(reader.read(0, TAR_BLOCK));
  },
  layout(reader, fieldsMax) {
    const ledger = new LedgerBuilder("tar", reader.size, fieldsMax);
    const walk = new TarWalk(new ReaderSource(reader));
    for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
      if (ledger.full) break;
      for (const field of entry.fields) {
        const { path, kind, offset, length, ...marks } = field;
        ledger.claim(
          `${entry.label}/${path}`,
          kind,
          { offset: entry.start + offset, length },
          marks,
        );
      }
      const offset = entry.start + entry.head.length;
      if (entry.bodyLength > 0) {
        ledger.claim(
          `${entry.label}/body`,
          "content",
          { offset, length: entry.bodyLength },
          entry.type === "0" || entry.type === "7" ? { inner: "stored" } : {},
        );
      }
      const padding = entry.tailLength - entry.bodyLength;
      if (padding > 0) {
        ledger.claim(`${entry.label}/padding`, "framing", {
          offset: offset + entry.bodyLength,
          length: padding,
        });
      }
    }
    if (walk.end !== undefined && walk.end.offset < reader.size) {
      const { offset, marker } = walk.end;
      ledger.claim(
        marker ? "tar/end" : "tar/unparsed",
        marker ? "framing" : "content",
        { offset, length: reader.size - offset },
      );
    }
    for (const problem of walk.problems) {
      ledger.problem(
        problem.code,
        problem.path,
        problem.offset,
        problem.detail,
      );
    }
    return ledger.finish();
  },
};
