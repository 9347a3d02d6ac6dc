/**
 * Making a lock: every toolchain of a recipe as it is on this host now.
 *
 * `host` pins the version text, the executable's bytes, the files that the
 * tool says it uses (see `toolchain_files.ts`) and those that the recipe's
 * globs take; `version` the version text; `npm` the integrity that the package
 * manager's lock file states; `archive` the archive, every file in it, and
 * what of the host it is linked with. `host`, and an archive that is linked
 * with the host's libraries, tie the lock to a host.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { DigestCache, toolchainsFolder } from "./digest_cache.ts";
import { globBase, matchesGlob } from "./glob.ts";
import type { Lock, LockedTool } from "./lock.ts";
import { npmIntegrity } from "./npm_integrity.ts";
import { provideTool } from "./provider/provided_tool.ts";
import type { Recipe } from "./recipe.ts";
import {
  expandRoot,
  findTool,
  type FoundTool,
  toolVersion,
} from "./toolchain.ts";
import { toolFiles } from "./toolchain_files.ts";
import {
  Breather,
  listTree,
  readTreeLink,
  treeDigest,
  type TreeFile,
} from "./tree.ts";

/** How to make a lock. */
export interface LockOptions {
  /** Directory of the recipe; lock files are relative to it. */
  readonly recipeDirectory: string;
  readonly signal?: AbortSignal | undefined;
  /** Digests of unchanged files; everything is read when absent. */
  readonly cache?: DigestCache | undefined;
  /** Where toolchains from archives lie; the user's cache when absent. */
  readonly toolchainsFolder?: string | undefined;
  /** What the lock says of the toolchain; it is pinned anew without. */
  readonly locked?: LockedTool | undefined;
}

/**
 * Locks every toolchain of a recipe.
 *
 * @throws {ReproofError} `toolchain-missing`, `toolchain-version-unreadable`,
 * `toolchain-files-missing`, `toolchain-not-fetched`,
 * `toolchain-archive-differs`, `toolchain-archive-refused` or
 * `file-not-readable`.
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
  const tied = Object.values(toolchains).some(isTied);
  return {
    schemaVersion: 1,
    host: tied ? thisHost() : null,
    toolchains,
  };
}

/** Whether a pin holds on the host alone that it was made on. */
export function isTied(tool: LockedTool): boolean {
  return tool.pin === "host" ||
    tool.pin === "archive" && tool.host !== undefined;
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
  if ("archive" in toolchain) {
    return await provideTool(name, toolchain, {
      ...options,
      toolchainsFolder: options.toolchainsFolder ?? toolchainsFolder(),
    });
  }
  const tool = await findTool(name, toolchain);
  const version = await toolVersion(name, toolchain, tool);
  if (toolchain.pin === "version") return { pin: "version", version };
  const cache = options.cache ?? new DigestCache(null);
  const { sha256 } = cache.describe(tool.realPath);
  const { paths, asked } = await toolFiles(toolchain.executable, tool);
  const globs = toolchain.files.map((glob) => expandRoot(glob, tool));
  const files = await pinnedFiles(
    { name, tool, paths, globs },
    { ...options, cache },
  );
  cache.keepList(files);
  return {
    pin: "host",
    version,
    executable: { path: tool.realPath, sha256 },
    files: {
      sha256: treeDigest(files),
      count: files.length,
      ...(asked.length === 0 ? {} : { asked: [...asked] }),
    },
  };
}

/** What to pin of a toolchain. */
interface Pinned {
  readonly name: string;
  readonly tool: FoundTool;
  /** Files, and directories taken whole. */
  readonly paths: readonly string[];
  readonly globs: readonly string[];
}

/**
 * Files of paths and globs by their absolute path. A link to a file is
 * followed; a link to anything else counts as a link.
 */
async function pinnedFiles(
  pinned: Pinned,
  options: LockOptions & { readonly cache: DigestCache },
): Promise<TreeFile[]> {
  const { cache, signal } = options;
  const breather = new Breather();
  const files = new Map<string, TreeFile>();
  const take = async (found: Iterable<string>) => {
    for (const path of found) {
      if (path === pinned.tool.realPath || files.has(path)) continue;
      await breather.pause();
      signal?.throwIfAborted();
      files.set(path, {
        path,
        ...(isRegular(path)
          ? cache.describe(path)
          : readTreeLink(Deno.readLinkSync(path))),
      });
    }
  };
  for (const path of pinned.paths) await take(globbed(path, signal));
  for (const glob of pinned.globs) {
    const before = files.size;
    await take(globbed(glob, signal));
    if (
      files.size === before &&
      !matchesGlob(pinned.tool.realPath, [glob]) &&
      ![...files.keys()].some((path) => matchesGlob(path, [glob]))
    ) {
      throw new ReproofError(
        "toolchain-files-missing",
        `Locking the files of toolchain "${pinned.name}"`,
        { expected: `files that match "${glob}"`, observed: "none" },
      );
    }
  }
  return [...files.values()].sort((a, b) => a.path < b.path ? -1 : 1);
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
    if (glob === base || matchesGlob(base, [glob])) yield base;
    return;
  }
  for (const { path, info } of listTree(base, { signal })) {
    const whole = `${base}/${path}`;
    if (glob !== base && !matchesGlob(whole, [glob])) continue;
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
