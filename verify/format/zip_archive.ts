/**
 * A zip archive as its central directory tells it, with everything that its
 * readers may disagree on. Layout and normalisers share one parse.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";
import type { Code } from "../catalogue/mod.ts";
import { LabelCounter } from "./label_counter.ts";
import type { Layout } from "./layout.ts";
import { u32 } from "./little_endian.ts";
import { findZipEnd, LOCAL_SIGNATURE, type ZipEnd } from "./zip_end.ts";
import {
  readCentral,
  readDescriptor,
  readLocal,
  ZIP_FLAG,
  type ZipCentral,
  type ZipDescriptor,
  type ZipHeader,
} from "./zip_entry.ts";
import { TarNames } from "./tar_names.ts";
import { zipLabel } from "./zip_name.ts";

/** One entry with all its parts. */
export interface ZipEntry {
  /** Label of its fields, `zip/` included. */
  readonly label: string;
  readonly central: ZipCentral;
  readonly local: ZipHeader | undefined;
  /** Offset and length of the data, when the local header was found. */
  readonly data: { readonly offset: number; readonly length: number };
  readonly descriptor: ZipDescriptor | undefined;
  readonly encrypted: boolean;
  /** Whether its parts share bytes with another entry. */
  readonly overlapping: boolean;
}

/** A defect with its place. */
export interface ZipProblem {
  readonly code: Code;
  readonly path: string;
  readonly offset: number;
  readonly detail: string;
}

/** Everything that the headers of an archive say. */
export interface ZipArchive {
  readonly end: ZipEnd | undefined;
  /** In the order of the central directory. */
  readonly entries: readonly ZipEntry[];
  readonly problems: readonly ZipProblem[];
}

const parsed = new WeakMap<Layout, ZipArchive>();

/** The archive behind a layout. */
export function zipArchiveOf(reader: Reader, layout: Layout): ZipArchive {
  let archive = parsed.get(layout);
  if (archive === undefined) {
    archive = readZip(reader);
    parsed.set(layout, archive);
  }
  return archive;
}

/** Remembers the archive behind a layout. */
export function rememberZip(layout: Layout, archive: ZipArchive): void {
  parsed.set(layout, archive);
}

/**
 * Reads all headers of an archive.
 *
 * @param entriesMax Lower than the limit of all archives, if given.
 */
export function readZip(
  reader: Reader,
  entriesMax: number = LIMITS.entriesMax,
): ZipArchive {
  const end = findZipEnd(reader);
  if (typeof end === "string") {
    const problem: ZipProblem = {
      code: "layout-truncated",
      path: "zip/end",
      offset: 0,
      detail: end,
    };
    return { end: undefined, entries: [], problems: [problem] };
  }
  const problems: ZipProblem[] = end.problems.map((detail) => ({
    code: "layout-invalid",
    path: "zip/end",
    offset: end.offset,
    detail,
  }));
  const centrals = readDirectory(reader, end, {
    problems,
    entriesMax: Math.min(entriesMax, LIMITS.entriesMax),
  });
  const labels = new LabelCounter();
  const entries = centrals.map((central) => {
    const name = zipLabel(central.name, (central.flags & ZIP_FLAG.utf8) !== 0);
    return { central, label: `zip/${labels.next(name)}` };
  });
  reportNames(entries, problems);
  const ordered = entries.toSorted((a, b) =>
    a.central.localOffset - b.central.localOffset
  );
  const whole = new Map<ZipCentral, ZipEntry>();
  let taken = 0;
  // Headers that share bytes could have more of them than memory.
  let headerBytes = 0;
  for (const { central, label } of ordered) {
    const tooMany = headerBytes > reader.size;
    const entry = readEntry(
      reader,
      { central, label, end, tooMany },
      problems,
    );
    headerBytes += entry.local?.length ?? 0;
    const overlapping = entry.local !== undefined &&
      entry.local.offset < taken;
    taken = Math.max(taken, entry.data.offset + entry.data.length);
    whole.set(central, overlapping ? { ...entry, overlapping } : entry);
  }
  // What the rest of the directory lists is not known behind a limit.
  if (!problems.some(({ code }) => code === "limit-reached")) {
    reportHidden(reader, [...whole.values()], end, problems);
  }
  return {
    end,
    entries: centrals.map((central) => whole.get(central) as ZipEntry),
    problems,
  };
}

function readDirectory(
  reader: Reader,
  end: ZipEnd,
  { problems, entriesMax }: {
    readonly problems: ZipProblem[];
    readonly entriesMax: number;
  },
): ZipCentral[] {
  const centrals: ZipCentral[] = [];
  const stop = end.directoryOffset + end.directorySize;
  let at = end.directoryOffset;
  while (at < stop) {
    if (centrals.length >= entriesMax) {
      problems.push({
        code: "limit-reached",
        path: "zip/directory",
        offset: at,
        detail: `entriesMax: more than ${entriesMax} entries`,
      });
      return centrals;
    }
    const central = readCentral(reader, at, stop);
    if (central === undefined) break;
    centrals.push(central);
    at += central.length;
  }
  if (centrals.length !== end.entries) {
    problems.push({
      code: "layout-invalid",
      path: "zip/directory",
      offset: end.directoryOffset,
      detail:
        `expected ${end.entries} entries in the central directory, found ${centrals.length}`,
    });
  }
  return centrals;
}

/** Names that appear twice or lead out of the archive. */
function reportNames(
  entries: readonly { central: ZipCentral; label: string }[],
  problems: ZipProblem[],
): void {
  const names = new TarNames();
  for (const { central, label } of entries) {
    const name = Array.from(central.name, (byte) => String.fromCharCode(byte))
      .join("");
    const flaw = name.includes("\0")
      ? {
        code: "archive-name-unsafe" as const,
        detail: "expected a name without NUL, found one",
      }
      : names.add({ name, type: central.isLink ? "2" : "0", link: "" });
    if (flaw !== undefined) {
      problems.push({ ...flaw, path: label, offset: central.offset });
    }
  }
}

function readEntry(
  reader: Reader,
  place: {
    central: ZipCentral;
    label: string;
    end: ZipEnd;
    /** Whether the local headers before this one fill the whole file. */
    tooMany: boolean;
  },
  problems: ZipProblem[],
): ZipEntry {
  const { central, label, end, tooMany } = place;
  const report = (code: Code, offset: number, detail: string) =>
    problems.push({ code, path: label, offset, detail });
  const offset = central.localOffset + end.base;
  const local = tooMany ? undefined : readLocal(reader, offset);
  const encrypted = (central.flags & (
    ZIP_FLAG.encrypted | ZIP_FLAG.strongEncryption | ZIP_FLAG.maskedHeader
  )) !== 0;
  const none = { offset: 0, length: 0 };
  if (central.disk !== 0 && central.disk !== 0xffff) {
    report("layout-unsupported", central.offset, "expected disk 0");
  }
  if (local === undefined || !central.complete) {
    report(
      "layout-invalid",
      central.offset,
      tooMany
        ? "expected local headers that do not overlap, found more bytes of them than the file has"
        : local === undefined
        ? `expected a local header at ${offset}, found none`
        : "expected the numbers that the header leaves to Zip64, found none",
    );
    return {
      label,
      central,
      local: undefined,
      data: none,
      descriptor: undefined,
      encrypted,
      overlapping: false,
    };
  }
  if (encrypted) {
    report(
      "layout-unsupported",
      offset,
      "expected plain data, found it encrypted",
    );
  }
  const start = offset + local.length;
  let length = central.compressedSize;
  if (start + length > end.directoryOffset) {
    report(
      "layout-out-of-range",
      offset,
      `expected data of ${length} bytes before the central directory at ${end.directoryOffset}`,
    );
    length = Math.max(0, end.directoryOffset - start);
  }
  const after = (local.flags & ZIP_FLAG.descriptor) !== 0;
  const descriptor = after
    ? readDescriptor(reader, start + length, central)
    : undefined;
  if (after && descriptor === undefined) {
    report(
      "layout-invalid",
      start + length,
      "expected a data descriptor with the numbers of the central directory, found none",
    );
  }
  const disagreement = disagreementOf(central, local, after);
  if (disagreement !== undefined) {
    report(
      "layout-invalid",
      offset,
      `expected the local header to agree with the central directory, found another ${disagreement}`,
    );
  }
  return {
    label,
    central,
    local,
    data: { offset: start, length },
    descriptor,
    encrypted,
    overlapping: false,
  };
}

/** What the two headers of an entry disagree on, if anything. */
function disagreementOf(
  central: ZipCentral,
  local: ZipHeader,
  after: boolean,
): string | undefined {
  if (
    central.name.length !== local.name.length ||
    central.name.some((byte, index) => byte !== local.name[index])
  ) return "name";
  if (central.method !== local.method) return "method";
  if (central.flags !== local.flags) return "set of flags";
  if (!local.complete) return "set of Zip64 numbers";
  const empty = after && local.crc === 0 &&
    local.compressedSize === 0 && local.size === 0;
  // With Zip64 a streaming writer leaves marks whose block holds zeros.
  if (empty) return undefined;
  if (central.crc !== local.crc && !(after && local.crc === 0)) {
    return "checksum";
  }
  if (
    central.compressedSize !== local.compressedSize &&
    !(after && local.compressedSize === 0)
  ) return "compressed size";
  if (central.size !== local.size && !(after && local.size === 0)) {
    return "size";
  }
  return undefined;
}

/** Local headers in gaps: entries that only some readers see. */
function reportHidden(
  reader: Reader,
  entries: readonly ZipEntry[],
  end: ZipEnd,
  problems: ZipProblem[],
): void {
  let at = 0;
  for (const entry of entries) {
    if (entry.local === undefined) continue;
    if (entry.local.offset > at) reportHeaderAt(reader, at, problems);
    const next = entry.descriptor === undefined
      ? entry.data.offset + entry.data.length
      : entry.descriptor.offset + entry.descriptor.length;
    at = Math.max(at, next);
  }
  if (at < end.directoryOffset) reportHeaderAt(reader, at, problems);
}

function reportHeaderAt(
  reader: Reader,
  at: number,
  problems: ZipProblem[],
): void {
  if (at + 4 > reader.size) return;
  if (u32(reader.read(at, 4), 0) !== LOCAL_SIGNATURE) return;
  problems.push({
    code: "layout-invalid",
    path: "zip/directory",
    offset: at,
    detail:
      "expected every entry in the central directory, found a local header that it does not list",
  });
}
