/**
 * What changed in a toolchain, file by file: the files of the lock against
 * those that are there now. The lock holds their digest only; the list itself
 * is kept beside the cache of digests of the user who made the lock. Without
 * it nothing is said of single files, and drift is drift all the same.
 *
 * @module
 */

import type { DigestCache } from "./digest_cache.ts";
import type { LockedTool } from "./lock.ts";
import { treeDigest } from "./tree.ts";

/** One file that is not as locked. */
export interface FileDrift {
  readonly change: "added" | "removed" | "changed";
  readonly path: string;
}

/** Lists the files in which two states of a toolchain differ, by path. */
export function fileDrift(
  locked: LockedTool,
  found: LockedTool,
  cache: DigestCache | undefined,
): FileDrift[] {
  if (
    (locked.pin !== "host" && locked.pin !== "archive") ||
    locked.pin !== found.pin
  ) return [];
  const drift: FileDrift[] = [];
  if (
    locked.executable.path !== found.executable.path ||
    locked.executable.sha256 !== found.executable.sha256
  ) drift.push({ change: "changed", path: found.executable.path });
  return [
    ...drift,
    ...listDrift(locked.files.sha256, found.files.sha256, cache),
  ];
}

/** Lists what differs between two lists of files, if the cache has both. */
export function listDrift(
  locked: string,
  found: string,
  cache: DigestCache | undefined,
): FileDrift[] {
  if (locked === found) return [];
  const before = listed(locked, cache);
  const after = listed(found, cache);
  if (before === undefined || after === undefined) return [];
  const drift: FileDrift[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) continue;
    drift.push({
      change: old === undefined
        ? "added"
        : now === undefined
        ? "removed"
        : "changed",
      path,
    });
  }
  return drift;
}

/** SHA-256 of no files at all. */
const NONE = treeDigest([]);

function listed(
  sha256: string,
  cache: DigestCache | undefined,
): Map<string, string> | undefined {
  const list = sha256 === NONE ? [] : cache?.list(sha256);
  return list === undefined ? undefined : new Map(
    list.map(({ path, mode, sha256 }) => [path, `${mode} ${sha256}`]),
  );
}
