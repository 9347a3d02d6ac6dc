/**
 * Globs over paths with forward slashes, on every host: `*` within a name,
 * `**` across names, `{a,b}`, `[abc]`. A glob that names a directory takes
 * everything below it.
 *
 * @module
 */

import { globToRegExp } from "@std/path";

const cache = new Map<string, RegExp>();

function expression(glob: string): RegExp {
  let found = cache.get(glob);
  if (found === undefined) {
    found = globToRegExp(glob, { extended: true, globstar: true, os: "linux" });
    cache.set(glob, found);
  }
  return found;
}

/** Whether a path, or a directory above it, matches one of the globs. */
export function matchesGlob(path: string, globs: readonly string[]): boolean {
  for (let at = path; at !== "";) {
    if (globs.some((glob) => expression(glob).test(at))) return true;
    const slash = at.lastIndexOf("/");
    at = slash <= 0 ? "" : at.slice(0, slash);
  }
  return false;
}

/** The directory that an absolute glob starts from: its part without magic. */
export function globBase(glob: string): string {
  const parts = glob.split("/");
  const magic = parts.findIndex((part) => /[*?[\]{}()!+@|\\]/.test(part));
  return (magic === -1 ? parts : parts.slice(0, magic)).join("/") || "/";
}
