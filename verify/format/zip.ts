/**
 * Layout of zip archives (PKWARE APPNOTE 6.3.10) and of what is built on them:
 * jar, wheel, vsix, nupkg, apk, self-extracting programs.
 *
 * Fields, with `<entry>` for the name of an entry:
 *
 * - `zip/prefix`: bytes before the archive, a file of its own; in front of it
 *   an empty field `zip/offsets-without-prefix` where offsets do not count it.
 * - `zip/<entry>/local/…`, `/contents`, `/descriptor/…`, `/central/…`.
 * - `zip/end64/…`, `zip/end/…`: the end records.
 * - Everything between them (an APK signing block, alignment, hidden entries)
 *   is a gap and content.
 *
 * Times, the version of the software that made an entry and times in extra
 * fields are volatile. Checksums, sizes and offsets are derived where the file
 * holds the true number; a number that is zero or a Zip64 mark is content.
 * Flags, methods, attributes (modes, link types), the host system that gives
 * attributes their meaning, owners, names, comments and order are content.
 *
 * Reported as a problem, because readers disagree on such archives: names that
 * appear twice or lead out of the archive, headers that disagree, local headers that the directory does
 * not list, a count that is wrong, bytes after the end, more than one end
 * record, overlapping parts; and encrypted entries, because nothing is known
 * of what they hold.
 *
 * An archive with many entries has its fixed fields joined, so that its layout
 * stays within the limit; both sides then count as they are.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { u32 } from "./little_endian.ts";
import {
  readZip,
  rememberZip,
  type ZipArchive,
  type ZipEntry,
} from "./zip_archive.ts";
import { claimEntry } from "./zip_claims.ts";
import { claimZipEnd } from "./zip_end_claims.ts";
import { findZipEnd, LOCAL_SIGNATURE } from "./zip_end.ts";

/** Fields of each entry at least, so that more entries have no room. */
const ENTRY_FIELDS_MIN = 8;
/** Archives with more entries have joined fields. */
const DETAILED_ENTRIES_MAX = 1_500;

/** Zip archives, by their first local header or by their end. */
export const zip: Format = {
  name: "zip",
  detect(reader: Reader): boolean {
    if (reader.size < 22) return false;
    if (u32(reader.read(0, 4), 0) === LOCAL_SIGNATURE) return true;
    const end = findZipEnd(reader);
    return typeof end !== "string" &&
      (end.entries > 0 || end.offset === 0) &&
      end.offset + end.length === reader.size;
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const ledger = new LedgerBuilder("zip", reader.size, fieldsMax);
    const archive = readZip(
      reader,
      Math.floor(ledger.fieldsMax / ENTRY_FIELDS_MIN),
    );
    for (const problem of archive.problems) {
      ledger.problem(
        problem.code,
        problem.path,
        problem.offset,
        problem.detail,
      );
    }
    claimPrefix(ledger, archive);
    claimFirst(ledger, archive);
    const joined = archive.entries.length > DETAILED_ENTRIES_MAX;
    for (const entry of archive.entries) {
      if (ledger.full) break;
      claimEntry(ledger, { entry, joined });
    }
    if (archive.end !== undefined) claimZipEnd(reader, ledger, archive.end);
    const layout = ledger.finish();
    rememberZip(layout, archive);
    return layout;
  },
};

/** Entries that some readers want in front of all others, but for a folder. */
const FIRST: readonly (readonly [label: string, folder?: string])[] = [
  // EPUB Open Container Format 3.3, section 4.2.4; OpenDocument 1.3 part 2, 3.3.
  ["zip/mimetype"],
  // Java's `JarInputStream` finds the manifest nowhere else, and checks no
  // signature without it.
  ["zip/META-INF/MANIFEST.MF", "zip/META-INF/"],
];

/** Marks entries that stand where such readers want them. */
function claimFirst(ledger: LedgerBuilder, { entries }: ZipArchive): void {
  const [first, second] = entries.toSorted((a, b) =>
    a.central.localOffset - b.central.localOffset
  );
  for (const [label, folder] of FIRST) {
    const entry = first?.label === folder ? second : first;
    if (entry?.label !== label || entry.local === undefined) continue;
    ledger.claim(`${label}/in-front`, "content", {
      offset: entry.local.offset,
      length: 0,
    });
  }
}

/** Claims what lies before the first part of the archive. */
function claimPrefix(
  ledger: LedgerBuilder,
  archive: ZipArchive,
): void {
  if (archive.end === undefined) return;
  const length = archive.entries.reduce(
    (least, entry: ZipEntry) => Math.min(least, entry.local?.offset ?? least),
    archive.end.directoryOffset,
  );
  if (length === 0) return;
  if (archive.end.base > 0) {
    // Some readers want offsets from the start of the file.
    ledger.claim("zip/offsets-without-prefix", "content", {
      offset: 0,
      length: 0,
    });
  }
  const range = { offset: 0, length };
  ledger.claim("zip/prefix", "content", range, {
    inner: "stored",
  });
}
