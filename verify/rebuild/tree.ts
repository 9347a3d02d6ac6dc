/**
 * Trees of files: listing, digest and copy. The digest is SHA-256 over one
 * record for each file or symbolic link, sorted by path in code unit order:
 * `MODE SHA256 PATH NUL`, with mode `100644`, `100755` or `120000` as git
 * writes them and, for a link, the digest of its target. Directories, owners
 * and times are not part of it, as they are not part of a commit.
 *
 * Reading goes through one handle for each file: what is hashed is what is
 * copied. A file that changes under it is an error.
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";

/** One file or link of a tree. */
export interface TreeFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  /** Bytes of the file, or of the link's target. */
  readonly size: number;
  readonly sha256: string;
  /** Id that git gives the same content (SHA-1 or SHA-256 repositories). */
  readonly blob?: string;
}

/** A name found in a directory tree. */
export interface TreeName {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** Longest work without a turn for others. */
const BREATH_MS = 50;
const buffer = new Uint8Array(1 << 20);
const encoder = new TextEncoder();

/**
 * Lists files, links and special files below a directory, sorted; links are
 * not followed. A directory for which `enter` is false is left out.
 *
 * @throws {ReproofError} `file-not-readable`, or `too-many-files`.
 */
export function listTree(
  root: string,
  options: {
    readonly enter?: (path: string) => boolean;
    readonly signal?: AbortSignal | undefined;
  } = {},
): TreeName[] {
  const found: TreeName[] = [];
  const folders = [""];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    options.signal?.throwIfAborted();
    for (const entry of readFolder(`${root}/${at}`)) {
      const path = `${at}${entry.name}`;
      const info = Deno.lstatSync(`${root}/${path}`);
      if (info.isDirectory) {
        if (options.enter?.(path) ?? true) folders.push(`${path}/`);
        continue;
      }
      found.push({ path, info });
      if (found.length > LIMITS.entriesMax) {
        throw new ReproofError("too-many-files", `Listing "${root}"`, {
          expected: `at most ${LIMITS.entriesMax} files`,
          observed: "more",
        });
      }
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

function readFolder(path: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch (cause) {
    throw new ReproofError("file-not-readable", `Listing "${path}"`, {
      expected: "a readable directory",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/** How to read one file of a tree. */
export interface ReadOptions {
  /** Writes the same bytes there. */
  readonly copyTo?: string;
  /** Also computes the id that git gives the content. */
  readonly blobHash?: "sha1" | "sha256";
}

/**
 * Hashes one regular file through one handle, copying it when asked.
 *
 * @throws {ReproofError} `file-not-readable`, or `file-changed`.
 */
export function readTreeFile(
  path: string,
  options: ReadOptions = {},
): Omit<TreeFile, "path"> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (cause) {
    throw new ReproofError("file-not-readable", `Opening "${path}"`, {
      expected: "a readable file",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  using input = file;
  const info = input.statSync();
  if (!info.isFile) {
    throw new ReproofError("file-not-readable", `Opening "${path}"`, {
      expected: "a regular file",
      observed: "a special file",
    });
  }
  const hash = createHash("sha256");
  const blob = blobHash(options.blobHash, info.size);
  using output = options.copyTo === undefined
    ? undefined
    : Deno.openSync(options.copyTo, { write: true, createNew: true });
  let size = 0;
  for (
    let count = input.readSync(buffer);
    count !== null;
    count = input.readSync(buffer)
  ) {
    const part = buffer.subarray(0, count);
    size += count;
    hash.update(part);
    blob?.update(part);
    for (let at = 0; at < count && output !== undefined;) {
      at += output.writeSync(part.subarray(at));
    }
  }
  if (size !== info.size) {
    throw new ReproofError("file-changed", `Reading "${path}"`, {
      expected: `${info.size} bytes, as when it was opened`,
      observed: `${size}`,
    });
  }
  return {
    mode: ((info.mode ?? 0) & 0o111) === 0 ? "100644" : "100755",
    size,
    sha256: hash.digest("hex"),
    ...(blob === undefined ? {} : { blob: blob.digest("hex") }),
  };
}

/** Describes a symbolic link as a tree holds it. */
export function readTreeLink(
  target: string,
  options: ReadOptions = {},
): Omit<TreeFile, "path"> {
  const bytes = encoder.encode(target);
  const blob = blobHash(options.blobHash, bytes.length)?.update(bytes);
  return {
    mode: "120000",
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...(blob === undefined ? {} : { blob: blob.digest("hex") }),
  };
}

/** Git hashes `blob SIZE NUL` before the content (gitformat-pack). */
function blobHash(
  algorithm: "sha1" | "sha256" | undefined,
  size: number,
): Hash | undefined {
  return algorithm === undefined
    ? undefined
    : createHash(algorithm).update(`blob ${size}\0`);
}

/** The digest of a tree; see the head of this file. */
export function treeDigest(files: readonly TreeFile[]): string {
  const hash = createHash("sha256");
  const sorted = [...files].sort((a, b) => a.path < b.path ? -1 : 1);
  for (const file of sorted) {
    hash.update(`${file.mode} ${file.sha256} ${file.path}\0`);
  }
  return hash.digest("hex");
}

/**
 * Lets timers, signals and pipes have their turn amid long synchronous work.
 */
export class Breather {
  #last = performance.now();

  /** Waits for one turn when the last is long ago. */
  async pause(): Promise<void> {
    if (performance.now() - this.#last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
  }
}

/**
 * Copies a tree whole, links as links, giving every file and directory the
 * same time. Each directory is filled by name, in the order of code units.
 *
 * @param options `mtime` in seconds since 1970; kept from the original when
 * absent. `plainModes` gives files the two modes that a digest tells apart;
 * `backwards` fills directories from the last name to the first.
 */
export async function copyTree(
  from: string,
  to: string,
  options: {
    readonly mtime?: number | undefined;
    readonly plainModes?: boolean;
    readonly backwards?: boolean;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<void> {
  const breather = new Breather();
  const folders: [string, string][] = [[from, to]];
  // Grows while it is walked.
  for (const [source, copy] of folders) {
    Deno.mkdirSync(copy, { recursive: true });
    Deno.chmodSync(copy, 0o755);
    const entries = readFolder(source)
      .sort((a, b) => a.name < b.name ? -1 : 1);
    for (const entry of options.backwards ? entries.reverse() : entries) {
      await breather.pause();
      options.signal?.throwIfAborted();
      const [original, twin] = [
        `${source}/${entry.name}`,
        `${copy}/${entry.name}`,
      ];
      if (entry.isSymlink) {
        Deno.symlinkSync(Deno.readLinkSync(original), twin);
      } else if (entry.isDirectory) {
        Deno.mkdirSync(twin);
        folders.push([original, twin]);
      } else if (entry.isFile) {
        Deno.copyFileSync(original, twin);
        if (options.plainModes === true) {
          const mode = Deno.statSync(original).mode ?? 0;
          Deno.chmodSync(twin, (mode & 0o111) === 0 ? 0o644 : 0o755);
        }
        setTime(twin, options.mtime ?? Deno.statSync(original).mtime);
      }
    }
  }
  // A directory's time follows from what was made in it, so it comes last.
  for (const [source, copy] of folders) {
    setTime(copy, options.mtime ?? Deno.statSync(source).mtime);
  }
}

function setTime(path: string, time: number | Date | null): void {
  if (time !== null) Deno.utimeSync(path, time, time);
}

/**
 * Bytes on disk below a directory, for a limit; what vanishes meanwhile
 * counts as nothing.
 */
export async function treeBytes(root: string): Promise<number> {
  let total = 0;
  const folders = [root];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    try {
      for await (const entry of Deno.readDir(at)) {
        const path = `${at}/${entry.name}`;
        if (entry.isDirectory) folders.push(path);
        else if (entry.isFile) {
          const info = await Deno.lstat(path).catch(() => undefined);
          total += info === undefined ? 0 : bytesOnDisk(info);
        }
      }
    } catch (error) {
      // It vanished, or the build took away the right to look.
      if (
        !(error instanceof Deno.errors.NotFound) &&
        !(error instanceof Deno.errors.PermissionDenied)
      ) throw error;
    }
  }
  return total;
}

function bytesOnDisk(info: Deno.FileInfo): number {
  return info.blocks === null ? info.size : info.blocks * 512;
}
