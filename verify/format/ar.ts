/**
 * Layout of ar archives: static libraries, import libraries and .deb packages.
 *
 * There is no standard; the common ground is System V `<ar.h>` and ar(5) of
 * FreeBSD ("ARCHIVE FILE FORMAT"): `!<arch>\n`, then for each member a header
 * of 60 ASCII bytes (name 16, mtime 12, uid 6, gid 6, mode 8, size 10 and the
 * mark `` `\n ``) and its bytes, padded to an even offset. On top of it:
 *
 * - GNU: names end with `/`; `//` holds long names and `/<offset>` refers to
 *   them; `/` and `/SYM64/` are symbol tables (`ar_symbols.ts`).
 * - BSD: `#1/<length>` puts the name in front of the contents, counted in the
 *   size; `__.SYMDEF` and its variants are symbol tables (content).
 * - COFF (Microsoft PE Format, "Archive (Library) File Format"): a second `/`
 *   member, and long names that end with NUL.
 * - Thin (`!<thin>\n`, GNU binutils, ar): members lie outside of the archive;
 *   reported as a problem, because what they hold was not looked at.
 *
 * Members are labelled `ar/<name>/…` and hold files of their own. The order of
 * members is that of the fields and is never accounted for: it decides which
 * definition a linker takes. The mode is content.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { type ArMember, readMember } from "./ar_member.ts";
import { claimSymbols } from "./ar_symbols.ts";
import { LabelCounter } from "./label_counter.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

const MAGIC = "!<arch>\n";
const THIN_MAGIC = "!<thin>\n";
const HEADER_BYTES = 60;
/** Fields of each member at least, so that more members have no room. */
const MEMBER_FIELDS_MIN = 7;

/** Parts of a header after the name, which comes first. */
const HEADER_FIELDS = [
  ["mtime", 16, 12, "volatile", "ar-mtime"],
  ["uid", 28, 6, "volatile", "ar-uid"],
  ["gid", 34, 6, "volatile", "ar-gid"],
  ["mode", 40, 8, "content", undefined],
] as const;

/** ar archives of every dialect. */
export const ar: Format = {
  name: "ar",
  detect(reader: Reader): boolean {
    const magic = magicOf(reader);
    return magic === MAGIC || magic === THIN_MAGIC;
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const ledger = new LedgerBuilder("ar", reader.size, fieldsMax);
    ledger.claim("ar/magic", "framing", { offset: 0, length: MAGIC.length });
    const thin = magicOf(reader) === THIN_MAGIC;
    const members = readMembers(reader, ledger, thin);
    if (thin && members.some((member) => member.external)) {
      ledger.problem(
        "layout-unsupported",
        "ar/magic",
        0,
        "expected members inside the archive, found a thin archive that refers to other files",
      );
    }
    for (const member of members) {
      claimMember(reader, ledger, member);
      if (member.symbols) {
        claimSymbols(reader, ledger, { table: member, members });
      } else claimContents(ledger, member);
    }
    return ledger.finish();
  },
};

function magicOf(reader: Reader): string {
  if (reader.size < MAGIC.length) return "";
  return String.fromCharCode(...reader.read(0, MAGIC.length));
}

/** All headers in order; stops at the first that is none. */
function readMembers(
  reader: Reader,
  ledger: LedgerBuilder,
  thin: boolean,
): ArMember[] {
  const members: ArMember[] = [];
  const labels = new LabelCounter();
  let longNames: Uint8Array = new Uint8Array();
  let at = MAGIC.length;
  while (
    at < reader.size && members.length * MEMBER_FIELDS_MIN < ledger.fieldsMax
  ) {
    const member = readMember(reader, at, { thin, longNames });
    if (typeof member === "string") {
      ledger.problem("layout-invalid", "ar/trailing", at, member);
      break;
    }
    if (member.name === "//" && !member.external) {
      longNames = reader.read(member.contents, member.length).slice();
    }
    if (member.problem !== undefined) {
      ledger.problem("layout-invalid", "ar/trailing", at, member.problem);
    }
    members.push({ ...member, label: `ar/${labels.next(member.label)}` });
    at = member.end;
  }
  return members;
}

/** Claims the header, the long name and the padding. */
function claimMember(
  reader: Reader,
  ledger: LedgerBuilder,
  member: ArMember,
): void {
  const { header, label } = member;
  ledger.claim(`${label}/header/name`, "content", {
    offset: header,
    length: 16,
  });
  for (const [name, offset, length, kind, normalizer] of HEADER_FIELDS) {
    ledger.claim(
      `${label}/header/${name}`,
      kind,
      { offset: header + offset, length },
      normalizer === undefined ? {} : { normalizer },
    );
  }
  if (member.external || !member.canonicalSize) {
    ledger.claim(`${label}/header/size`, "content", {
      offset: header + 48,
      length: 10,
    });
  } else {
    ledger.claim(
      `${label}/header/size`,
      "derived",
      { offset: header + 48, length: 10 },
      { normalizer: "ar-size" },
    );
  }
  ledger.claim(`${label}/header/end`, "framing", {
    offset: header + 58,
    length: 2,
  });
  const nameStart = header + HEADER_BYTES;
  if (member.contents > nameStart) {
    ledger.claim(`${label}/long-name`, "content", {
      offset: nameStart,
      length: member.contents - nameStart,
    });
  }
  claimPadding(reader, ledger, member);
}

/** Members start at even offsets; a line feed fills the gap. */
function claimPadding(
  reader: Reader,
  ledger: LedgerBuilder,
  member: ArMember,
): void {
  const offset = member.contents + member.length;
  if (offset % 2 === 0) return;
  const path = `${member.label}/padding`;
  if (offset === reader.size) {
    ledger.problem(
      "layout-truncated",
      path,
      offset,
      "expected a line feed after a member of odd size, found the end of the file",
    );
    return;
  }
  const range = { offset, length: 1 };
  if (reader.read(offset, 1)[0] === 0x0a) {
    ledger.claim(path, "derived", range, { normalizer: "ar-padding" });
  } else ledger.claim(path, "content", range);
}

function claimContents(
  ledger: LedgerBuilder,
  member: ArMember,
): void {
  // An empty member has its field as well: contents never change places.
  const range = { offset: member.contents, length: member.length };
  ledger.claim(
    `${member.label}/contents`,
    "content",
    range,
    member.special ? {} : { inner: "stored" },
  );
}
