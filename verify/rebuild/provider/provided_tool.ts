/**
 * A toolchain from an archive: fetched, held against its digest, unpacked
 * into the store, described file by file. Nothing of it is executed before
 * its bytes are those of the lock; where there is no lock yet, before they
 * are those that the recipe or the registry names.
 *
 * @module
 */

import { ReproofError, UsageError } from "../../error.ts";
import { DigestCache } from "../digest_cache.ts";
import type { LockedTool } from "../lock.ts";
import type { Recipe } from "../recipe.ts";
import type { Failure } from "../registry/client.ts";
import { download } from "../registry/download.ts";
import { fetchPackage } from "../registry/package.ts";
import { type FoundTool, printedVersion } from "../toolchain.ts";
import { sharedLibraries } from "../toolchain_files.ts";
import { listTree, readTreeLink, treeDigest, type TreeFile } from "../tree.ts";
import { removeTree } from "../work_directory.ts";
import { archiveDigests, assertNamed, goModuleHash } from "./archive_names.ts";
import { parseProvider, type Provider, thisPlatform } from "./provider.ts";
import { ToolchainStore } from "./store.ts";
import { unpack } from "./unpack.ts";

/** A toolchain of a recipe that comes in an archive. */
export type ProvidedToolchain = Extract<
  Recipe["toolchains"][string],
  { archive: string }
>;
type LockedArchive = Extract<LockedTool, { pin: "archive" }>;

/** How to provide a toolchain. */
export interface ProvideOptions {
  /** Directory of the recipe; archives that are paths are relative to it. */
  readonly recipeDirectory: string;
  /** Directory of the unpacked toolchains. */
  readonly toolchainsFolder: string;
  /** What the lock says; without it the archive is fetched and pinned anew. */
  readonly locked?: LockedTool | undefined;
  readonly cache?: DigestCache | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes sure that a toolchain is in the store, and describes what lies there.
 *
 * @throws {ReproofError} `toolchain-not-fetched`, `toolchain-archive-differs`,
 * `toolchain-archive-refused`, `toolchain-missing` or
 * `toolchain-version-unreadable`.
 */
export async function provideTool(
  name: string,
  toolchain: ProvidedToolchain,
  options: ProvideOptions,
): Promise<LockedArchive> {
  const provider = parseProvider(toolchain.archive);
  const store = new ToolchainStore(options.toolchainsFolder);
  const locked = options.locked?.pin === "archive" ? options.locked : undefined;
  const wanted = locked?.archive.source === toolchain.archive
    ? locked.archive
    : undefined;
  const here = wanted === undefined ? undefined : store.find(wanted.sha256);
  const { archive, root } = here !== undefined && wanted !== undefined
    ? { archive: wanted, root: here }
    : await fillStore(store, { toolchain, provider, wanted }, options);
  if (toolchain.digest !== undefined) {
    assertNamed(toolchain.archive, toolchain.digest, [
      `sha256:${archive.sha256}`,
      ...archive.names,
    ]);
  }
  const cache = options.cache ?? new DigestCache(null);
  const files = treeFiles(root, cache, options.signal);
  cache.keepList(files);
  const program = files.find(({ path }) => path === toolchain.program);
  if (program === undefined || program.mode !== "100755") {
    throw new ReproofError("toolchain-missing", `Finding toolchain "${name}"`, {
      expected: `an executable file "${toolchain.program}" in the archive`,
      observed: program === undefined ? "none" : "another kind of file",
    });
  }
  const sha256 = treeDigest(files);
  const tool = foundProvided(toolchain, root);
  // What is not as locked is not run to be asked.
  const known = locked === undefined || locked.files.sha256 === sha256;
  return {
    pin: "archive",
    version: toolchain.versionArgs === undefined
      ? provider.version
      : known
      ? await printedVersion(name, tool.realPath, toolchain.versionArgs)
      : locked.version,
    archive: {
      source: toolchain.archive,
      platform: provider.perPlatform ? thisPlatform() : null,
      size: archive.size,
      sha256: archive.sha256,
      names: [...archive.names],
    },
    executable: { path: program.path, sha256: program.sha256 },
    files: { sha256, count: files.length },
    ...await hostFiles(tool.realPath, cache),
  };
}

/** Where a locked toolchain lies. */
export function findProvided(
  name: string,
  toolchain: ProvidedToolchain,
  options: {
    readonly toolchainsFolder: string;
    readonly locked: LockedTool | undefined;
  },
): FoundTool {
  const { locked } = options;
  const root = locked?.pin === "archive"
    ? new ToolchainStore(options.toolchainsFolder).find(locked.archive.sha256)
    : undefined;
  if (root === undefined) {
    throw new ReproofError("toolchain-missing", `Finding toolchain "${name}"`, {
      expected: "an unpacked archive in the store",
      observed: "none",
    });
  }
  return foundProvided(toolchain, root);
}

function foundProvided(
  { program }: ProvidedToolchain,
  root: string,
): FoundTool {
  const path = `${root}/${program}`;
  return { path, realPath: path, roots: [root] };
}

type Archive = Pick<LockedArchive["archive"], "size" | "sha256" | "names">;

/** Fetches, checks, unpacks and puts into place. */
async function fillStore(
  store: ToolchainStore,
  { toolchain, provider, wanted }: {
    readonly toolchain: ProvidedToolchain;
    readonly provider: Provider;
    readonly wanted: Archive | undefined;
  },
  options: ProvideOptions,
): Promise<{ readonly archive: Archive; readonly root: string }> {
  const what = toolchain.archive;
  return await store.fill(async (folder) => {
    const { path, sum } = await fetchArchive(toolchain, provider, {
      ...options,
      into: `${folder}/fetched`,
    });
    const { size, sha256, integrity } = archiveDigests(path);
    if (wanted !== undefined) {
      assertNamed(what, `sha256:${wanted.sha256}`, [`sha256:${sha256}`]);
    }
    // A module's hash is over its files, so it is known once they are read.
    const isModule = sum !== null;
    const names = provider.from.kind === "package" &&
        provider.from.package.registry === "npm"
      ? [integrity]
      : [];
    if (toolchain.digest !== undefined && !isModule) {
      assertNamed(what, toolchain.digest, [`sha256:${sha256}`, integrity]);
    }
    const tree = `${folder}/tree`;
    const files = await unpack(path, {
      into: tree,
      strip: provider.strip,
      executable: (path) =>
        path === toolchain.program || provider.executable(path),
      signal: options.signal,
    });
    if (isModule) {
      names.push(goModuleHash(files));
      assertNamed(what, sum, names);
    }
    const archive = { size, sha256, names };
    const here = store.find(sha256);
    const cache = new DigestCache(null);
    const same = here !== undefined &&
      treeDigest(treeFiles(here, cache, options.signal)) ===
        treeDigest(treeFiles(tree, cache, options.signal));
    if (same) {
      await removeTree(tree);
      return { archive, root: here };
    }
    return { archive, root: await store.place(sha256, tree) };
  });
}

async function fetchArchive(
  toolchain: ProvidedToolchain,
  { from }: Provider,
  options: ProvideOptions & { readonly into: string },
): Promise<{ readonly path: string; readonly sum: string | null }> {
  const failure: Failure = (what, details) =>
    new ReproofError(
      "toolchain-not-fetched",
      `Fetching a toolchain (${what})`,
      details,
    );
  const { into, signal } = options;
  if (from.kind === "package") {
    return await fetchPackage(from.package, { into, failure, signal });
  }
  const sha256 = /^sha256:(.*)$/.exec(toolchain.digest ?? "")?.[1];
  if (sha256 === undefined) {
    throw new UsageError(
      "recipe-invalid",
      `Reading the archive "${toolchain.archive}"`,
      {
        expected: 'a "digest" of sha256:…, since no registry vouches for it',
        observed: toolchain.digest ?? "none",
      },
    );
  }
  if (from.kind === "https") {
    return {
      path: await download(from.url, sha256, { into, failure, signal }),
      sum: null,
    };
  }
  // What is hashed must be what is unpacked, whoever writes there meanwhile.
  Deno.mkdirSync(into, { recursive: true });
  const path = `${into}/archive`;
  try {
    Deno.copyFileSync(`${options.recipeDirectory}/${from.path}`, path);
  } catch (cause) {
    throw failure(from.path, {
      expected: "an archive below the recipe",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  return { path, sum: null };
}

function treeFiles(
  root: string,
  cache: DigestCache,
  signal: AbortSignal | undefined,
): TreeFile[] {
  return listTree(root, { signal }).map(({ path, info }) => ({
    path,
    ...(info.isSymlink
      ? readTreeLink(Deno.readLinkSync(`${root}/${path}`))
      : cache.describe(`${root}/${path}`)),
  }));
}

/** A program that is not linked statically runs with libraries of the host. */
async function hostFiles(
  program: string,
  cache: DigestCache,
): Promise<Pick<LockedArchive, "host">> {
  const { paths, asked } = await sharedLibraries(program);
  const files = paths.filter((path) => !path.startsWith(program))
    .map((path) => ({ path, ...cache.describe(path) }));
  if (files.length === 0) return {};
  cache.keepList(files);
  return {
    host: { sha256: treeDigest(files), count: files.length, asked: [...asked] },
  };
}
