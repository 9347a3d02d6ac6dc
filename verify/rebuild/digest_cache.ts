/**
 * Digests of files that have not changed since they were read: an unchanged
 * toolchain of a gigabyte is checked without being read again.
 *
 * A digest is taken for a file of the same device, inode, size, modification
 * time and change time, all to the nanosecond. The change time is set by the
 * kernel at every write and at every change of the other times, so a file
 * cannot be altered and dressed up as the old one without the rights of the
 * administrator. A file that changed less than two seconds before it was read
 * is never kept: the clock of files ticks in steps, and a second change
 * within one step would not be seen.
 *
 * The cache lies in the user's own cache directory. It is trusted as far as
 * the toolchain itself, which the same user may replace; a cache that another
 * user can write is ignored. Beside it lie lists of files by tree digest, so
 * that drift can be explained file by file; a list is only taken when it adds
 * up to the digest that it is kept under.
 *
 * @module
 */

import { type BigIntStats, statSync } from "node:fs";
import { readTreeFile, treeDigest, type TreeFile } from "./tree.ts";

/** Files younger than this are read again next time. */
const SETTLED_NS = 2_000_000_000n;
const ENTRIES_MAX = 500_000;
const FORMAT = "reproof digests 1";

type Description = Omit<TreeFile, "path" | "blob">;

/** Digests of files of this host. */
export class DigestCache {
  readonly #folder: string | null;
  readonly #known: Map<string, readonly [string, Description["mode"]]>;
  #changed = false;
  /** How many files were read and how many were not. */
  readonly counts = { read: 0, kept: 0 };

  /** @param folder Where the cache lies; null keeps nothing. */
  constructor(folder: string | null) {
    this.#folder = folder;
    this.#known = folder === null ? new Map() : readKnown(folder);
  }

  /**
   * Describes a regular file, links followed.
   *
   * @throws {ReproofError} `file-not-readable`, or `file-changed`.
   */
  describe(path: string): Description {
    const before = this.#folder === null ? undefined : identify(path);
    const key = before === undefined ? undefined : keyOf(before);
    const known = key === undefined ? undefined : this.#known.get(key);
    if (before !== undefined && known !== undefined) {
      this.counts.kept++;
      const [sha256, mode] = known;
      return { mode, size: Number(before.size), sha256 };
    }
    const { mode, size, sha256 } = readTreeFile(path);
    this.counts.read++;
    const after = before === undefined ? undefined : identify(path);
    if (
      key !== undefined && after !== undefined && keyOf(after) === key &&
      isSettled(after)
    ) {
      this.#known.set(key, [sha256, mode]);
      this.#changed = true;
    }
    return { mode, size, sha256 };
  }

  /** Keeps a list of files under its digest. */
  keepList(files: readonly TreeFile[]): void {
    if (this.#folder === null || files.length === 0) return;
    const path = `${this.#folder}/list-${treeDigest(files)}`;
    if (identify(path) !== undefined) return;
    const lines = files.map(({ mode, size, sha256, path }) =>
      JSON.stringify([mode, size, sha256, path])
    );
    this.#write(path, `${lines.join("\n")}\n`);
  }

  /** The list of files of a tree digest, or undefined when none was kept. */
  list(sha256: string): TreeFile[] | undefined {
    if (this.#folder === null) return undefined;
    try {
      const files = readOwn(`${this.#folder}/list-${sha256}`).trimEnd()
        .split("\n").map((line): TreeFile => {
          const [mode, size, sha256, path] = JSON.parse(line);
          return { mode, size, sha256, path };
        });
      return treeDigest(files) === sha256 ? files : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes what was learned; failing to is no error. */
  save(): void {
    if (this.#folder === null || !this.#changed) return;
    const entries = [...this.#known].slice(-ENTRIES_MAX);
    this.#write(
      `${this.#folder}/digests`,
      [
        FORMAT,
        ...entries.map(([key, [sha256, mode]]) => `${key} ${sha256} ${mode}`),
        "",
      ].join("\n"),
    );
    this.#changed = false;
  }

  #write(path: string, text: string): void {
    const temporary = `${path}.${crypto.randomUUID()}.tmp`;
    try {
      Deno.mkdirSync(this.#folder ?? "", { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(temporary, text, { createNew: true, mode: 0o600 });
      Deno.renameSync(temporary, path);
    } catch {
      // Without a cache everything is read again.
    }
  }
}

/** The cache directory of this user, or null where none is known. */
export function cacheFolder(): string | null {
  try {
    const own = Deno.env.get("XDG_CACHE_HOME");
    if (own?.startsWith("/")) return `${own}/reproof`;
    const home = Deno.env.get("HOME");
    if (!home?.startsWith("/")) return null;
    return Deno.build.os === "darwin"
      ? `${home}/Library/Caches/reproof`
      : `${home}/.cache/reproof`;
  } catch {
    return null;
  }
}

/**
 * Where toolchains from archives are unpacked; below the temporary directory
 * where no cache directory is known.
 */
export function toolchainsFolder(
  folder: string | null = cacheFolder(),
): string {
  return folder === null
    ? `${Deno.env.get("TMPDIR") ?? "/tmp"}/reproof-toolchains`
    : `${folder}/toolchains`;
}

function identify(path: string): BigIntStats | undefined {
  try {
    const info = statSync(path, { bigint: true });
    return info.isFile() && info.ino !== 0n ? info : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(info: BigIntStats): string {
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = info;
  return [dev, ino, size, mtimeNs, ctimeNs, mode].join(":");
}

function isSettled({ mtimeNs, ctimeNs }: BigIntStats): boolean {
  const latest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return BigInt(Date.now()) * 1_000_000n - latest > SETTLED_NS;
}

/** Reads a file that no other user can have written. */
function readOwn(path: string): string {
  const info = Deno.lstatSync(path);
  const foreign = info.uid !== null && info.uid !== Deno.uid() ||
    ((info.mode ?? 0) & 0o022) !== 0;
  if (!info.isFile || foreign) throw new TypeError("not this user's own");
  return Deno.readTextFileSync(path);
}

function readKnown(
  folder: string,
): Map<string, readonly [string, Description["mode"]]> {
  const known = new Map<string, readonly [string, Description["mode"]]>();
  try {
    const [head, ...lines] = readOwn(`${folder}/digests`).split("\n");
    if (head !== FORMAT) return known;
    for (const line of lines) {
      const [key = "", sha256 = "", mode] = line.split(" ");
      if (
        /^[0-9a-f]{64}$/.test(sha256) &&
        (mode === "100644" || mode === "100755")
      ) known.set(key, [sha256, mode]);
    }
  } catch {
    // There is none, or it is not to be trusted.
  }
  return known;
}
