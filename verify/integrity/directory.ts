/**
 * What is in a directory, without following a link: regular files by relative
 * path, and everything that a release may not hold.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";

/** The listing of a directory. */
export interface DirectoryListing {
  /** Relative paths of the regular files, sorted. */
  readonly files: readonly string[];
  /** Links, devices, sockets and empty directories, with what they are. */
  readonly others: readonly { readonly path: string; readonly kind: string }[];
}

/**
 * Lists a directory and everything below it.
 *
 * @throws {ReproofError} `file-not-readable` when it is not a readable
 * directory, `entries-limit` when it holds too many entries.
 */
export function listDirectory(root: string): DirectoryListing {
  const files: string[] = [];
  const others: { path: string; kind: string }[] = [];
  const open = [""];
  let count = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    let empty = true;
    for (const entry of readEntries(root, folder)) {
      empty = false;
      if (++count > LIMITS.entriesMax) {
        throw new ReproofError("entries-limit", `Listing "${root}"`, {
          expected: `at most ${LIMITS.entriesMax} entries`,
          observed: "more",
        });
      }
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymlink) others.push({ path, kind: "a symbolic link" });
      else if (entry.isDirectory) open.push(path);
      else if (entry.isFile) files.push(path);
      else others.push({ path, kind: "a special file" });
    }
    if (empty) others.push({ path: folder, kind: "an empty directory" });
  }
  return {
    files: files.sort(),
    others: others.sort((a, b) => a.path < b.path ? -1 : 1),
  };
}

function readEntries(root: string, folder: string): Deno.DirEntry[] {
  const path = folder === "" ? root : `${root}/${folder}`;
  try {
    const info = folder === "" ? Deno.lstatSync(path) : undefined;
    if (info?.isSymlink) throw new Error("a link; give what it leads to");
    if (info?.isDirectory === false) throw new Error("a file");
    return [...Deno.readDirSync(path)];
  } catch (cause) {
    throw new ReproofError("file-not-readable", `Listing "${path}"`, {
      expected: "a readable directory",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
