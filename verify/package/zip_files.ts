/**
 * The files of a package that is a zip archive (nupkg, wheel, vsix, jar). Bytes
 * in front of the archive, encrypted entries, and everything that makes two
 * readers see different files leave it unread.
 *
 * @module
 */

import { DeflateStream } from "../format/deflate_stream.ts";
import {
  type DecodeBudget,
  DecodedSource,
  SourceReader,
} from "../format/source.ts";
import { readZip, type ZipEntry } from "../format/zip_archive.ts";
import { type Reader, SliceReader } from "../reader.ts";
import type { PackageFiles, PackageFinding } from "./package_files.ts";

const STORED = 0;
const DEFLATED = 8;
const SET_ID = 0o6000;
const TYPE = 0xf000;
const REGULAR = 0x8000;

/** Reads the archive. */
export function zipFiles(reader: Reader, budget: DecodeBudget): PackageFiles {
  const archive = readZip(reader);
  const findings: PackageFinding[] = archive.problems.map((
    { code, path, detail },
  ) => ({
    code: code === "archive-name-duplicate" || code === "archive-name-unsafe"
      ? "package-path-unsafe"
      : "package-unreadable",
    path: path.replace(/^zip\//, ""),
    detail,
  }));
  const first = archive.entries.reduce(
    (least, { local }) => Math.min(least, local?.offset ?? least),
    archive.end?.directoryOffset ?? 0,
  );
  if (first > 0) {
    findings.push({
      code: "package-unreadable",
      path: "",
      detail: "bytes in front of the archive",
    });
  }
  const entries = archive.entries.flatMap((entry) => {
    const path = entry.label.replace(/^zip\//, "");
    const refuse = (code: PackageFinding["code"], detail: string) => {
      findings.push({ code, path, detail });
      return [];
    };
    if (path.endsWith("/")) return [];
    const { central, local, encrypted, overlapping } = entry;
    const { method, size, unixMode } = central;
    const type = (unixMode ?? 0) & TYPE;
    if (type !== 0 && type !== REGULAR) {
      return refuse("package-special", "a link or a device");
    }
    if (((unixMode ?? 0) & SET_ID) !== 0) {
      return refuse("package-special", `mode ${unixMode?.toString(8)}`);
    }
    if (
      local === undefined || encrypted || overlapping ||
      (method !== STORED && method !== DEFLATED)
    ) return refuse("package-unreadable", "an entry that cannot be decoded");
    if (method === STORED && entry.data.length !== size) {
      return refuse("package-unreadable", "a stored entry of another size");
    }
    return [{
      path,
      mode: unixMode === null ? null : unixMode & 0o777,
      open: () => opened(reader, entry, budget),
    }];
  });
  return { entries, findings };
}

function opened(
  reader: Reader,
  { central, data }: ZipEntry,
  budget: DecodeBudget,
): Reader {
  const raw = new SliceReader(reader, data.offset, data.length);
  if (central.method === STORED) return raw;
  const source = new DecodedSource(() => new DeflateStream(raw), budget);
  return new SourceReader(source, 0, central.size);
}
