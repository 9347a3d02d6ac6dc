/**
 * The files of a package, or of a part of one, that is a tar archive, plain or
 * compressed. Links, devices and set-ID bits are findings: no tool needs one to
 * be installed, and each reaches further than the package.
 *
 * @module
 */

import { GzipStream } from "../format/gzip_stream.ts";
import {
  type ByteSource,
  type DecodeBudget,
  DecodedSource,
  type DecodedStream,
  ReaderSource,
  SOURCE_READ_MAX,
  SourceReader,
} from "../format/source.ts";
import { extensionSays } from "../format/tar_extension.ts";
import { tarNumber } from "../format/tar_number.ts";
import { TAR_BLOCK } from "../format/tar_header.ts";
import { decodeByteString } from "../format/tar_text.ts";
import { type TarEntry, TarWalk } from "../format/tar_walk.ts";
import { XzStream } from "../format/xz_stream.ts";
import { ZstdStream } from "../format/zstd_stream.ts";
import type { Reader } from "../reader.ts";
import type {
  PackageEntry,
  PackageFiles,
  PackageFinding,
} from "./package_files.ts";

const SET_ID = 0o6000;
const MAGIC: readonly (readonly [readonly number[], (r: Reader) => Stream])[] =
  [
    [[0x1f, 0x8b], (reader) => new GzipStream(reader)],
    [[0x28, 0xb5, 0x2f, 0xfd], (reader) => new ZstdStream(reader)],
    [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], (reader) => new XzStream(reader)],
  ];

type Stream = DecodedStream & {
  readonly sound?: boolean;
  readonly problems?: readonly unknown[];
};

/** Reads the archive; entries keep their order. */
export function tarFiles(reader: Reader, budget: DecodeBudget): PackageFiles {
  const findings: PackageFinding[] = [];
  const { source, finish } = decoded(reader, budget);
  const walk = new TarWalk(source, budget.entriesMax);
  const entries: PackageEntry[] = [];
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    const found = fileOf(entry, source);
    if (found !== null && "code" in found) findings.push(found);
    else if (found !== null) entries.push(found);
  }
  for (const { code, path, detail } of walk.problems) {
    findings.push({
      code: code === "archive-name-duplicate" || code === "archive-name-unsafe"
        ? "package-path-unsafe"
        : "package-unreadable",
      path,
      detail,
    });
  }
  if (!finish()) {
    findings.push({
      code: "package-unreadable",
      path: "",
      detail: "a part that does not decode to its end",
    });
  }
  return { entries, findings };
}

function fileOf(
  entry: TarEntry,
  source: ByteSource,
): PackageEntry | PackageFinding | null {
  const path = decodeByteString(entry.key).replace(/^(?:\.\/)+/, "");
  if (entry.type === "5") return null;
  if (entry.type !== "0" && entry.type !== "7") {
    return {
      code: "package-special",
      path,
      detail: entry.type === "1" || entry.type === "2"
        ? `a link to "${decodeByteString(entry.link)}"`
        : `an entry of type "${entry.type}"`,
    };
  }
  if (extensionSays(entry.head, "GNU.sparse.")) {
    return { code: "package-unreadable", path, detail: "a sparse file" };
  }
  const at = entry.head.length - TAR_BLOCK + 100;
  const mode = tarNumber(entry.head.subarray(at, at + 8)) ?? 0;
  if ((mode & SET_ID) !== 0) {
    return {
      code: "package-special",
      path,
      detail: `mode ${mode.toString(8)}`,
    };
  }
  const start = entry.start + entry.head.length;
  return {
    path,
    mode: mode & 0o777,
    open: () => new SourceReader(source, start, entry.bodyLength),
  };
}

/** What the archive decodes to, and whether that came to a sound end. */
function decoded(
  reader: Reader,
  budget: DecodeBudget,
): { readonly source: ByteSource; finish(): boolean } {
  const head = reader.read(0, Math.min(6, reader.size)).slice();
  const [, open] =
    MAGIC.find(([magic]) =>
      magic.every((byte, index) => head[index] === byte)
    ) ?? [];
  if (open === undefined) {
    return { source: new ReaderSource(reader), finish: () => true };
  }
  let last: Stream | undefined;
  const source = new DecodedSource(() => last = open(reader), budget);
  return {
    source,
    finish() {
      for (let at = source.position; source.size === undefined;) {
        at += source.readAt(at, SOURCE_READ_MAX).length;
      }
      return !source.exhausted && last !== undefined &&
        (last.problems === undefined
          ? last.sound === true
          : last.problems.length === 0);
    },
  };
}
