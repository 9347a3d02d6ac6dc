/**
 * Making a lock: every toolchain of a recipe as it is on this host now.
 *
 * `host` pins the version text, the executable's bytes and the files that the
 * recipe's globs take; `version` the version text; `npm` the integrity that
 * the package manager's lock file states. Only the first ties the lock to a
 * host.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { globBase, matchesGlob } from "./glob.ts";
import type { Lock, LockedTool } from "./lock.ts";
import { npmIntegrity } from "./npm_integrity.ts";
import type { Recipe } from "./recipe.ts";
import {
  type ExecutableToolchain,
  findTool,
  toolVersion,
} from "./toolchain.ts";
import {
  Breather,
  listTree,
  readTreeFile,
  readTreeLink,
  treeDigest,
  type TreeFile,
} from "./tree.ts";

/** How to make a lock. */
export interface LockOptions {
  /** Directory of the recipe; lock files are relative to it. */
  readonly recipeDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Locks every toolchain of a recipe.
 *
 * @throws {ReproofError} `toolchain-missing`, `toolchain-version-unreadable`,
 * `toolchain-files-missing` or `file-not-readable`.
 */
export async function makeLock(
  recipe: Recipe,
  options: LockOptions,
): Promise<Lock> {
  const toolchains: Record<string, LockedTool> = {};
  for (const name of Object.keys(recipe.toolchains).sort()) {
    options.signal?.throwIfAborted();
    toolchains[name] = await lockTool(recipe, name, options);
  }
  const tied = Object.values(toolchains).some(({ pin }) => pin === "host");
  return {
    schemaVersion: 1,
    host: tied ? thisHost() : null,
    toolchains,
  };
}

/** How a lock names this host. */
export function thisHost(): NonNullable<Lock["host"]> {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    name: Deno.hostname(),
  };
}

/**
 * Locks one toolchain.
 *
 * @throws {ReproofError} As {@linkcode makeLock} does.
 */
export async function lockTool(
  recipe: Recipe,
  name: string,
  options: LockOptions,
): Promise<LockedTool> {
  const toolchain = recipe.toolchains[name];
  if (toolchain === undefined) {
    throw new ReproofError("toolchain-missing", `Locking "${name}"`, {
      expected: "a toolchain of the recipe",
      observed: "none of that name",
    });
  }
  if ("npm" in toolchain) {
    return {
      pin: "npm",
      version: toolchain.npm.slice(toolchain.npm.lastIndexOf("@") + 1),
      integrity: npmIntegrity(
        toolchain.npm,
        `${options.recipeDirectory}/${toolchain.lockFile}`,
      ),
    };
  }
  const tool = await findTool(name, toolchain);
  const version = await toolVersion(name, toolchain, tool);
  if (toolchain.pin === "version") return { pin: "version", version };
  const { sha256 } = readTreeFile(tool.realPath);
  return {
    pin: "host",
    version,
    executable: { path: tool.realPath, sha256 },
    files: await pinnedFiles(name, toolchain, options),
  };
}

/**
 * Files of the globs by their absolute path. A link to a file is followed; a
 * link to anything else counts as a link.
 */
async function pinnedFiles(
  name: string,
  toolchain: ExecutableToolchain,
  options: LockOptions,
): Promise<{ sha256: string; count: number }> {
  const breather = new Breather();
  const files = new Map<string, TreeFile>();
  for (const glob of toolchain.files) {
    const before = files.size;
    for (const path of globbed(glob, options.signal)) {
      if (files.has(path)) continue;
      await breather.pause();
      options.signal?.throwIfAborted();
      files.set(path, {
        path,
        ...(isRegular(path)
          ? readTreeFile(path)
          : readTreeLink(Deno.readLinkSync(path))),
      });
    }
    if (
      files.size === before &&
      ![...files.keys()].some((path) => matchesGlob(path, [glob]))
    ) {
      throw new ReproofError(
        "toolchain-files-missing",
        `Locking the files of toolchain "${name}"`,
        { expected: `files that match "${glob}"`, observed: "none" },
      );
    }
  }
  return { sha256: treeDigest([...files.values()]), count: files.size };
}

function* globbed(
  glob: string,
  signal: AbortSignal | undefined,
): Generator<string> {
  const base = globBase(glob).replace(/\/$/, "");
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(base === "" ? "/" : base);
  } catch {
    return;
  }
  if (info.isFile) {
    if (matchesGlob(base, [glob])) yield base;
    return;
  }
  for (const { path, info } of listTree(base, { signal })) {
    const whole = `${base}/${path}`;
    if (!matchesGlob(whole, [glob])) continue;
    if (info.isFile || info.isSymlink) yield whole;
  }
}

function isRegular(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
