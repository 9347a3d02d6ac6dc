/**
 * The comparison of two directories: walks both and compares name by name.
 *
 * Links are entries of their own: their targets are compared as text and never
 * followed. These are differences: an entry on one side only, another type,
 * another mode, another link target. Owners, times and extended attributes of
 * the files on disk are not looked at: the runtime does not show the
 * attributes, so what must carry them is better compared as an archive. A
 * device, socket or pipe cannot be compared; the outcome is then `unchecked`.
 * Two OCI image layouts are compared by what their descriptors name, see
 * `compare/oci.ts`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { AheadOf } from "./beside/ahead.ts";
import { compareFile, compareFileSteps } from "./compare/compare_file.ts";
import { conclude } from "./compare/compare_readers.ts";
import type { CompareOptions, Comparison } from "./compare/comparison.ts";
import { compareOciLayouts, isOciLayout } from "./compare/oci.ts";
import type { OciFiles } from "./compare/oci_blobs.ts";
import { Session } from "./compare/session.ts";
import { ReproofError } from "./error.ts";
import { escapeText } from "./escape.ts";
import { FilePool } from "./file_pool.ts";
import { FileReader } from "./file_reader.ts";
import type { LedgerTotals } from "./format/layout.ts";
import { LIMITS } from "./limits.ts";
import type { Steps } from "./steps.ts";

type EntryType = "file" | "directory" | "link" | "special";

interface Entry {
  /** Relative, with forward slashes. */
  readonly name: string;
  readonly path: string;
  readonly type: EntryType;
  readonly mode: number | null;
  readonly size: number;
}

interface Tree {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly bytes: number;
}

/**
 * Compares two directories.
 *
 * @throws {ReproofError} `file-changed` when a file changes while it is read;
 * `limit-reached` for a directory with too many entries. The abort reason when
 * `options.signal` fires.
 */
export function* compareDirectories(
  left: string,
  right: string,
  options: CompareOptions,
): Steps<Comparison> {
  const trees = { left: readTree(left), right: readTree(right) };
  const session = new Session(options, trees.left.bytes + trees.right.bytes);
  const listings = { left: createHash("sha256"), right: createHash("sha256") };
  const ledger = { left: emptyTotals(), right: emptyTotals() };
  const names = [
    ...new Set([...trees.left.entries.keys(), ...trees.right.entries.keys()]),
  ].sort();
  const images = isImage(trees.left) && isImage(trees.right);
  if (images) compareImages(session, trees);
  if (names.every((name) => isBareFolder(trees, name))) {
    session.add({
      code: "nothing-compared",
      file: "",
      path: "directory",
      left: null,
      right: null,
      standing: "unknown",
      detail: "neither side holds a file",
    });
  }
  for (const name of names) {
    options.signal?.throwIfAborted();
    const pair = {
      left: trees.left.entries.get(name),
      right: trees.right.entries.get(name),
    };
    const digests = images
      ? readEntries(pair, ledger)
      : yield* compareEntries(session, pair, ledger);
    for (const side of ["left", "right"] as const) {
      const entry = pair[side];
      if (entry === undefined) continue;
      listings[side].update(
        `${entry.type} ${entry.mode?.toString(8) ?? "-"} ${
          digests[side]
        } ${name}\n`,
      );
    }
  }
  const side = (which: "left" | "right", path: string) => ({
    path,
    sha256: listings[which].digest("hex"),
    size: trees[which].bytes,
    format: "directory" as const,
  });
  return conclude(session, {
    equal: session.findings === 0,
    left: side("left", left),
    right: side("right", right),
    ledger,
  });
}

/** Whether a name is a directory on the sides that have it. */
function isBareFolder(
  { left, right }: { readonly left: Tree; readonly right: Tree },
  name: string,
): boolean {
  return [left, right].every(({ entries }) =>
    (entries.get(name)?.type ?? "directory") === "directory"
  );
}

/** Compares one name; returns what stands for its contents in the listing. */
function* compareEntries(
  session: Session,
  pair: { left: Entry | undefined; right: Entry | undefined },
  ledger: { left: LedgerTotals; right: LedgerTotals },
): Steps<{ left: string; right: string }> {
  const { left, right } = pair;
  const contents = {
    left: left === undefined ? "" : contentOf(left),
    right: right === undefined ? "" : contentOf(right),
  };
  const name = (left ?? right)?.name ?? "";
  const base = { file: "", path: name, bytes: 0 };
  for (const entry of [left, right]) {
    if (entry?.type !== "special") continue;
    session.limit("special-file", name);
    session.add({
      ...base,
      code: "special-file",
      left: left ? { offset: 0, length: 0, value: left.type } : null,
      right: right ? { offset: 0, length: 0, value: right.type } : null,
      standing: "unknown",
    });
    break;
  }
  if (left === undefined || right === undefined) {
    const side = (entry: Entry | undefined) =>
      entry && { offset: 0, length: entry.size, value: entry.type };
    session.add({
      ...base,
      code: "entry-missing",
      left: side(left) ?? null,
      right: side(right) ?? null,
      standing: "unaccounted",
      bytes: Math.max(left?.size ?? 0, right?.size ?? 0),
    });
    return readEntries(pair, ledger);
  }
  if (left.type !== right.type) {
    session.add({
      ...base,
      code: "type-differs",
      left: { offset: 0, length: left.size, value: left.type },
      right: { offset: 0, length: right.size, value: right.type },
      standing: "unaccounted",
      bytes: Math.max(left.size, right.size),
    });
    return contents;
  }
  if (left.mode !== right.mode) {
    session.add({
      ...base,
      code: "mode-differs",
      path: `${name}:mode`,
      left: modeSide(left),
      right: modeSide(right),
      standing: "unaccounted",
      cause: {
        axis: "umask",
        construct: "mode of a file that the build creates",
        fix: "Set the mode in the build: install -m, chmod, tar --mode",
      },
    });
  }
  if (left.type === "link" && contents.left !== contents.right) {
    const side = (value: string) => ({
      offset: 0,
      length: value.length,
      value: `"${escapeText(value)}"`,
    });
    session.add({
      ...base,
      code: "link-differs",
      path: `${name}:link`,
      left: side(contents.left),
      right: side(contents.right),
      standing: "unaccounted",
    });
  }
  if (left.type !== "file") return contents;
  using leftReader = new FileReader(left.path);
  using rightReader = new FileReader(right.path);
  using ahead = new AheadOf(leftReader, rightReader);
  yield* ahead.begun(session.signal);
  yield* ahead.scan(session.signal);
  const files = yield* compareFileSteps(
    session,
    { left: leftReader, right: rightReader },
    `${name}:`,
    ahead,
  );
  for (const reader of [leftReader, rightReader]) reader.assertUnchanged();
  addTotals(ledger, "left", files.left.ledger);
  addTotals(ledger, "right", files.right.ledger);
  return { left: files.left.sha256, right: files.right.sha256 };
}

/** What stands for the contents of entries that are not compared here. */
function readEntries(
  pair: { left: Entry | undefined; right: Entry | undefined },
  ledger: { left: LedgerTotals; right: LedgerTotals },
): { left: string; right: string } {
  const contents = { left: "", right: "" };
  for (const which of ["left", "right"] as const) {
    const entry = pair[which];
    if (entry === undefined) continue;
    if (entry.type !== "file") {
      contents[which] = contentOf(entry);
      continue;
    }
    using reader = new FileReader(entry.path);
    const { sha256, ledger: totals } = compareFile(
      new Session({}, 0),
      { left: reader, right: reader },
      "",
    ).left;
    reader.assertUnchanged();
    contents[which] = sha256;
    addTotals(ledger, which, totals);
  }
  return contents;
}

/**
 * Whether a directory is an OCI image layout and nothing else. Modes of its
 * files have no meaning; links and special files make it a plain directory.
 */
function isImage({ entries }: Tree): boolean {
  return isOciLayout([...entries.keys()]) &&
    [...entries.values()].every(({ type }) =>
      type === "file" || type === "directory"
    );
}

function compareImages(
  session: Session,
  trees: { readonly left: Tree; readonly right: Tree },
): void {
  using pool = new FilePool();
  const files = ({ entries }: Tree): OciFiles => ({
    names: [...entries.values()].filter(({ type }) => type === "file")
      .map(({ name }) => name),
    open(name) {
      const entry = entries.get(name);
      return pool.reader(entry?.path ?? name, entry?.size ?? 0);
    },
  });
  compareOciLayouts(session, files(trees.left), files(trees.right));
}

function modeSide(entry: Entry) {
  const value = entry.mode?.toString(8).padStart(4, "0") ?? "unknown";
  return { offset: 0, length: 0, value };
}

/** What stands for an entry that is not a file. */
function contentOf(entry: Entry): string {
  return entry.type === "link" ? Deno.readLinkSync(entry.path) : "-";
}

/** Lists everything below a directory without following a link. */
function readTree(root: string): Tree {
  const entries = new Map<string, Entry>();
  const folders = [""];
  let bytes = 0;
  for (
    let folder = folders.pop();
    folder !== undefined;
    folder = folders.pop()
  ) {
    for (const { name: base } of Deno.readDirSync(`${root}/${folder}`)) {
      const name = folder === "" ? base : `${folder}/${base}`;
      const path = `${root}/${name}`;
      const info = Deno.lstatSync(path);
      const type: EntryType = info.isSymlink
        ? "link"
        : info.isDirectory
        ? "directory"
        : info.isFile
        ? "file"
        : "special";
      if (entries.size >= LIMITS.entriesMax) {
        throw new ReproofError("limit-reached", `Listing "${root}"`, {
          expected: `at most entriesMax (${LIMITS.entriesMax}) entries`,
          observed: "more",
        });
      }
      // The mode of a link is not one that anything looks at.
      const mode = type === "link" || info.mode === null
        ? null
        : info.mode & 0o7777;
      const size = type === "file" ? info.size : 0;
      bytes += size;
      entries.set(name, { name, path, type, mode, size });
      if (type === "directory") folders.push(name);
    }
  }
  return { entries, bytes };
}

function emptyTotals(): LedgerTotals {
  return { content: 0, volatile: 0, derived: 0, framing: 0, total: 0 };
}

function addTotals(
  ledger: { left: LedgerTotals; right: LedgerTotals },
  side: "left" | "right",
  totals: LedgerTotals,
): void {
  const sum = ledger[side];
  ledger[side] = {
    content: sum.content + totals.content,
    volatile: sum.volatile + totals.volatile,
    derived: sum.derived + totals.derived,
    framing: sum.framing + totals.framing,
    total: sum.total + totals.total,
  };
}
