/**
 * Taking a build's artifacts out of its tree. Each must be a regular file
 * with content, reached without a symbolic link, which could lead anywhere; an
 * image layout may be a directory, and is packed.
 * Bytes are hashed from the handle they are copied from. What is larger than a
 * build may write is not copied: a file with holes takes no room until then.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { ReproofError } from "../error.ts";
import type { RecipeTarget } from "./recipe.ts";
import { packLayout } from "./pack_layout.ts";
import { listTree, readTreeFile } from "./tree.ts";

/** One artifact on disk. */
export interface Output {
  readonly path: string;
  readonly sha256: string;
  /** Size in bytes. */
  readonly size: number;
}

/** An artifact that a successful build did not leave as it should. */
export interface OutputProblem {
  readonly artifact: string;
  readonly code: Code;
  readonly expected: string;
  readonly observed: string;
}

/** Removes what an earlier target left at the places of this one. */
export function clearOutputs(source: string, target: RecipeTarget): void {
  for (const { path } of target.artifacts) {
    try {
      Deno.removeSync(`${source}/${path}`, { recursive: true });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
}

/**
 * Copies the artifacts of a target out.
 *
 * @param options `source` is the build's tree, `into` receives the copies by
 * artifact name, none of them larger than `bytesMax`.
 */
export function collectOutputs(
  target: RecipeTarget,
  options: {
    readonly source: string;
    readonly into: string;
    readonly bytesMax: number;
  },
): { outputs: Record<string, Output>; problems: OutputProblem[] } {
  const outputs: Record<string, Output> = {};
  const problems: OutputProblem[] = [];
  Deno.mkdirSync(options.into, { recursive: true });
  for (const { name, path, executable, image } of target.artifacts) {
    const problem = refuse(options.source, path, image !== undefined);
    if (problem !== undefined) {
      problems.push({ artifact: name, ...problem });
      continue;
    }
    const copy = `${options.into}/${name}`;
    try {
      const from = `${options.source}/${path}`;
      const packed = Deno.lstatSync(from).isDirectory;
      assertSize(from, options.bytesMax);
      if (packed) packLayout(from, copy);
      const { sha256, size } = packed
        ? readTreeFile(copy)
        : readTreeFile(from, { copyTo: copy });
      Deno.chmodSync(copy, executable ? 0o755 : 0o644);
      outputs[name] = { path: copy, sha256, size };
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      problems.push({
        artifact: name,
        code: error.code,
        expected: error.expected ?? "a readable file",
        observed: error.observed ?? error.message,
      });
    }
  }
  return { outputs, problems };
}

/** Bytes as they will be copied, holes included. */
function assertSize(path: string, bytesMax: number): void {
  const bytes = Deno.lstatSync(path).isDirectory
    ? listTree(path).reduce((sum, { info }) => sum + info.size, 0)
    : Deno.lstatSync(path).size;
  if (bytes <= bytesMax) return;
  throw new ReproofError("build-tree-limit", `Copying "${path}"`, {
    expected: `at most ${bytesMax} bytes`,
    observed: `${bytes}`,
  });
}

function refuse(
  source: string,
  path: string,
  mayBeFolder: boolean,
): Omit<OutputProblem, "artifact"> | undefined {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join("/");
    const last = depth === parts.length;
    let info: Deno.FileInfo;
    try {
      info = Deno.lstatSync(`${source}/${part}`);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      return {
        code: "build-output-missing",
        expected: `a file at "${path}"`,
        observed: "none",
      };
    }
    if (last && mayBeFolder && info.isDirectory) return undefined;
    if (info.isSymlink || (last ? !info.isFile : !info.isDirectory)) {
      return {
        code: "build-output-refused",
        expected: `a regular file at "${path}"`,
        observed: info.isSymlink
          ? `a symbolic link at "${part}"`
          : info.isDirectory
          ? "a directory"
          : "a special file",
      };
    }
    if (last && info.size === 0) {
      return {
        code: "build-output-empty",
        expected: `a file with content at "${path}"`,
        observed: "0 bytes",
      };
    }
  }
  return undefined;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}

/** Paths of a run's artifacts by `TARGET/NAME`; none without a run. */
export function outputPaths(
  outputs: Readonly<Record<string, Readonly<Record<string, Output>>>> = {},
): Map<string, string> {
  return new Map(
    Object.entries(outputs).flatMap(([target, own]) =>
      Object.entries(own).map(([name, { path }]): [string, string] => [
        `${target}/${name}`,
        path,
      ])
    ),
  );
}
