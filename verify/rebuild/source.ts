/**
 * The source of a build: which files belong to it, what they are, and a
 * private snapshot of exactly the bytes that were identified.
 *
 * In a checkout the source is what git tracks or would add; ignored files
 * never belong to it. Elsewhere it is what the recipe's globs take. `.git`
 * and the lock at the top, which speaks of a host, are never part of it.
 *
 * Refused, because a copy could reach out of itself or mean different things
 * on different hosts: links that leave the source, dangling links, special
 * files, names that collide when case or Unicode form is ignored, and a file
 * where a build would leave an artifact.
 *
 * @module
 */

import { dirname, relative, resolve } from "@std/path";
import type { Check } from "../check.ts";
import { ReproofError, UsageError } from "../error.ts";
import { type Commit, readCommit } from "./git.ts";
import { matchesGlob } from "./glob.ts";
import { LOCK_FILE } from "./lock.ts";
import { type Recipe, RECIPE_FILE } from "./recipe.ts";
import type { SourceIdentity } from "./result.ts";
import {
  Breather,
  listTree,
  readTreeFile,
  readTreeLink,
  treeDigest,
  type TreeFile,
  type TreeName,
} from "./tree.ts";

/** How to take a snapshot. */
export interface SnapshotOptions {
  /** New directory that receives the snapshot. */
  readonly into: string;
  /** Seconds since 1970 instead of what commit or recipe say. */
  readonly sourceDateEpoch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A snapshot and what it is. */
export interface Snapshot {
  readonly identity: SourceIdentity;
  readonly files: readonly TreeFile[];
  readonly checks: readonly Check[];
}

/**
 * Copies the source of a recipe and identifies it by the bytes copied.
 *
 * @throws {ReproofError} `source-refused`, `source-epoch-missing`,
 * `file-not-readable` or `file-changed`.
 * @throws {UsageError} `recipe-invalid` when an artifact's place is taken.
 */
export async function snapshotSource(
  recipeDirectory: string,
  recipe: Recipe,
  options: SnapshotOptions,
): Promise<Snapshot> {
  const root = Deno.realPathSync(recipeDirectory);
  const commit = await readCommit(root, RECIPE_FILE);
  const inCommit = "id" in commit ? commit : undefined;
  const belongs = (path: string) =>
    path !== LOCK_FILE && !path.split("/").includes(".git") &&
    matchesGlob(path, recipe.source.include) &&
    !matchesGlob(path, recipe.source.exclude);
  const names = (inCommit === undefined
    ? listTree(root, {
      enter: (path) =>
        !path.endsWith("/.git") && path !== ".git" &&
        !matchesGlob(path, recipe.source.exclude),
      signal: options.signal,
    })
    : presentNames(root, inCommit)).filter(({ path }) => belongs(path));
  refuseCollisions(names.map(({ path }) => path));
  refuseTakenPlaces(names.map(({ path }) => path), recipe);
  Deno.mkdirSync(options.into, { recursive: true });
  const made = new Set([""]);
  const files: TreeFile[] = [];
  const breather = new Breather();
  for (const { path, info } of names) {
    await breather.pause();
    options.signal?.throwIfAborted();
    const copy = `${options.into}/${path}`;
    const folder = dirname(path);
    if (!made.has(folder)) {
      Deno.mkdirSync(`${options.into}/${folder}`, { recursive: true });
      made.add(folder);
    }
    const blob = inCommit === undefined ? {} : { blobHash: inCommit.algorithm };
    if (info.isSymlink) {
      const target = checkedLink(root, path);
      Deno.symlinkSync(target, copy);
      files.push({ path, ...readTreeLink(target, blob) });
    } else if (info.isFile) {
      const file = readTreeFile(`${root}/${path}`, { copyTo: copy, ...blob });
      Deno.chmodSync(copy, file.mode === "100755" ? 0o755 : 0o644);
      files.push({ path, ...file });
    } else {
      throw new ReproofError("source-refused", `Reading "${path}"`, {
        expected: "a file, directory or symbolic link",
        observed: info.isDirectory
          ? "a repository within the repository"
          : "a special file",
      });
    }
  }
  if (files.length === 0) {
    throw new ReproofError("source-refused", "Reading the source", {
      expected: "at least one file that the recipe's globs take",
      observed: "none",
    });
  }
  const treeSha256 = treeDigest(files);
  const change = inCommit === undefined
    ? undefined
    : firstChange(inCommit, files, belongs) ??
      recipeChange(root, inCommit);
  const clean = inCommit !== undefined && change === undefined;
  const identity: SourceIdentity = {
    commit: clean ? inCommit.id : null,
    treeSha256,
    ...sourceDateEpoch(recipe, options, {
      commit: inCommit,
      clean,
      reason: "reason" in commit ? commit.reason : "no commit",
    }),
  };
  return {
    identity,
    files,
    checks: [
      {
        id: "source/tree",
        gate: "source",
        code: "source-refused",
        subject: recipe.name,
        status: "pass",
        expected: "files that stay inside and collide nowhere",
        observed: `${files.length} files`,
        evidence: [{ name: "source tree", sha256: treeSha256 }],
      },
      {
        id: "source/commit",
        gate: "source",
        code: inCommit === undefined ? "source-not-committed" : "source-dirty",
        subject: recipe.name,
        status: clean ? "pass" : inCommit === undefined ? "unchecked" : "fail",
        expected: "files equal to those of a commit",
        observed: "reason" in commit
          ? commit.reason
          : change ?? `commit ${commit.id}`,
        evidence: [],
      },
    ],
  };
}

/**
 * What git lists of a directory, as far as it is there. A directory of the
 * commit that is a link now is not followed; git lists the link too.
 */
function presentNames(root: string, commit: Commit): TreeName[] {
  const real = new Map<string, boolean>();
  const isReal = (folder: string): boolean => {
    let known = real.get(folder);
    if (known === undefined) {
      known = folder === "." ||
        isReal(dirname(folder)) &&
          Deno.lstatSync(`${root}/${folder}`).isDirectory;
      real.set(folder, known);
    }
    return known;
  };
  return [...commit.present].sort().flatMap((listed) => {
    const path = listed.replace(/\/$/, "");
    try {
      return isReal(dirname(path))
        ? [{ path, info: Deno.lstatSync(`${root}/${path}`) }]
        : [];
    } catch (error) {
      if (
        error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory
      ) return [];
      throw error;
    }
  });
}

function sourceDateEpoch(
  recipe: Recipe,
  options: SnapshotOptions,
  source: {
    readonly commit: Commit | undefined;
    readonly clean: boolean;
    /** Why there is no commit, where there is none. */
    readonly reason: string;
  },
): Pick<SourceIdentity, "sourceDateEpoch" | "epochFrom"> {
  if (options.sourceDateEpoch !== undefined) {
    return { sourceDateEpoch: options.sourceDateEpoch, epochFrom: "option" };
  }
  if (source.commit !== undefined && source.clean) {
    return { sourceDateEpoch: source.commit.time, epochFrom: "commit" };
  }
  if (recipe.sourceDateEpoch !== undefined) {
    return { sourceDateEpoch: recipe.sourceDateEpoch, epochFrom: "recipe" };
  }
  if (source.commit !== undefined) {
    return { sourceDateEpoch: source.commit.time, epochFrom: "commit" };
  }
  throw new ReproofError("source-epoch-missing", "Dating the source", {
    expected: 'a commit, or "sourceDateEpoch" in the recipe',
    observed: `neither: ${source.reason}`,
  });
}

/** What first differs from the commit, in words, or undefined. */
function firstChange(
  commit: Commit,
  files: readonly TreeFile[],
  belongs: (path: string) => boolean,
): string | undefined {
  const seen = new Set<string>();
  for (const file of files) {
    seen.add(file.path);
    const committed = commit.files.get(file.path);
    if (committed === undefined) return `"${file.path}" is not in the commit`;
    if (committed.blob !== file.blob || committed.mode !== file.mode) {
      return `"${file.path}" differs from the commit`;
    }
  }
  for (const path of commit.files.keys()) {
    if (belongs(path) && !seen.has(path)) return `"${path}" is missing`;
  }
  return undefined;
}

/**
 * Whether the recipe is that of the commit. Its globs may leave itself out of
 * the source; what says how to build is a part of the commit all the same.
 */
function recipeChange(root: string, commit: Commit): string | undefined {
  const { blob } = readTreeFile(`${root}/${RECIPE_FILE}`, {
    blobHash: commit.algorithm,
  });
  return commit.files.get(RECIPE_FILE)?.blob === blob
    ? undefined
    : `"${RECIPE_FILE}" differs from the commit`;
}

/** Returns the target of a link that stays inside, or refuses it. */
function checkedLink(root: string, path: string): string {
  const target = Deno.readLinkSync(`${root}/${path}`);
  const refuse = (observed: string): never => {
    throw new ReproofError("source-refused", `Reading the link "${path}"`, {
      expected: "a target inside the source",
      observed,
    });
  };
  const lexical = relative(root, resolve(dirname(`${root}/${path}`), target));
  if (target.startsWith("/") || lexical.split("/")[0] === "..") {
    refuse(`"${target}"`);
  }
  let real = "";
  try {
    real = Deno.realPathSync(`${root}/${path}`);
  } catch {
    refuse(`"${target}", which does not exist`);
  }
  if (real !== root && !real.startsWith(`${root}/`)) refuse(`"${target}"`);
  return target;
}

function refuseCollisions(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const parts = path.split("/");
    for (let depth = 1; depth <= parts.length; depth++) {
      const name = parts.slice(0, depth).join("/");
      const folded = name.normalize("NFC").toLowerCase();
      const other = seen.get(folded);
      if (other !== undefined && other !== name) {
        throw new ReproofError("source-refused", "Reading the source", {
          expected: "names that differ in more than case or Unicode form",
          observed: `"${other}" and "${name}"`,
        });
      }
      seen.set(folded, name);
    }
  }
}

/** A file at an artifact's place would pass for one that was built. */
function refuseTakenPlaces(paths: readonly string[], recipe: Recipe): void {
  const taken = new Set(paths);
  for (const [name, target] of Object.entries(recipe.targets)) {
    const index = target.artifacts.findIndex(({ path }) => taken.has(path));
    const artifact = target.artifacts[index];
    if (artifact !== undefined) {
      throw new UsageError(
        "recipe-invalid",
        `Reading "${RECIPE_FILE}" at $.targets.${name}.artifacts[${index}].path`,
        {
          expected: "a place that the source leaves free",
          observed: `"${artifact.path}", which is a file of the source`,
          next:
            "Remove the file from the source, or exclude it in source.exclude.",
        },
      );
    }
  }
}
