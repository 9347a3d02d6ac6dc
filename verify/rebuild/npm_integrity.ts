/**
 * The integrity of an npm package as a `deno.lock` states it (lock version 4
 * and 5: `npm["NAME@VERSION"].integrity`), and what a prepared cache holds of
 * that package.
 *
 * @module
 */

import { ReproofError, UsageError } from "../error.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";
import { listTree } from "./tree.ts";

/**
 * Reads the integrity of `name@version`.
 *
 * @throws {UsageError} `recipe-invalid` when the lock file does not state it.
 */
export function npmIntegrity(npm: string, lockFile: string): string {
  const doing = `Reading the integrity of "${npm}" from "${lockFile}"`;
  let document: Json;
  try {
    document = parseStrictJson(Deno.readFileSync(lockFile), lockFile);
  } catch (cause) {
    if (cause instanceof ReproofError) throw cause;
    throw new UsageError("recipe-invalid", doing, {
      expected: "a deno.lock",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  const packages = member(document, "npm");
  const integrity = member(member(packages, npm), "integrity");
  if (typeof integrity !== "string" || !integrity.startsWith("sha512-")) {
    throw new UsageError("recipe-invalid", doing, {
      expected: "an entry with a sha512 integrity",
      observed: integrity === undefined ? "no entry" : "another kind of value",
      next: "Run deno install or deno cache with that lock file.",
    });
  }
  return integrity;
}

/** Version and integrity of each copy of a package in a prepared directory. */
export interface PreparedPackage {
  readonly path: string;
  readonly version: string;
  /** As the registry stated it when it was fetched; null when not kept. */
  readonly integrity: string | null;
}

/**
 * Finds the copies of a package in a prepared directory: in a Deno cache
 * (`npm/HOST/NAME/VERSION`) or in `node_modules`.
 */
export function preparedPackages(
  npm: string,
  prepared: string,
): PreparedPackage[] {
  const name = npm.slice(0, npm.lastIndexOf("@"));
  const found: PreparedPackage[] = [];
  for (const { path, info } of listTree(prepared)) {
    if (!info.isFile || !path.endsWith("/package.json")) continue;
    const folder = path.slice(0, -"/package.json".length);
    const cached = folder.slice(0, folder.lastIndexOf("/"));
    if (
      !folder.endsWith(`node_modules/${name}`) &&
      !(cached.endsWith(`/${name}`) && cached.includes("npm/"))
    ) continue;
    const manifest = readJson(`${prepared}/${path}`);
    const version = member(manifest, "version");
    if (member(manifest, "name") !== name || typeof version !== "string") {
      continue;
    }
    const registry = readJson(`${prepared}/${cached}/registry.json`);
    const entry = member(member(registry, "versions"), version);
    const integrity = member(member(entry, "dist"), "integrity");
    found.push({
      path: folder,
      version,
      integrity: typeof integrity === "string" ? integrity : null,
    });
  }
  return found;
}

function readJson(path: string): Json | undefined {
  try {
    return parseStrictJson(Deno.readFileSync(path), path);
  } catch {
    return undefined;
  }
}

function member(value: Json | undefined, key: string): Json | undefined {
  return value !== null && typeof value === "object" &&
      !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;
}
