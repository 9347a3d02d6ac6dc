/**
 * The comparison of two paths: opens the files or walks the directories that
 * the pure comparison works on.
 *
 * A path given by the caller may be a symbolic link to what is meant. For
 * directories see `compare_directories.ts`. A file is read more than once, for
 * its digest and for its fields, so it must be the same at the end as at the
 * beginning: one that changed meanwhile has no verdict.
 *
 * What compares is loaded while large files are read for the first time.
 *
 * @module
 */

import { AheadOf } from "./beside/ahead.ts";
import type { CompareOptions, Comparison } from "./compare/comparison.ts";
import { ReproofError } from "./error.ts";
import { FileReader } from "./file_reader.ts";
import { LIMITS } from "./limits.ts";
import { runSteps } from "./steps.ts";

/** Imports a module that Deno is not to read before the program starts. */
function load<Module>(path: string): Promise<Module> {
  return import(path);
}

/**
 * Compares two files or two directories.
 *
 * @throws {ReproofError} `file-not-readable` when a path is missing or special,
 * or when one is a file and the other a directory; `file-changed` when a file
 * changes while it is read; `limit-reached` for a directory with too many
 * entries. The abort reason when `options.signal` fires.
 */
export async function comparePaths(
  left: string,
  right: string,
  given: CompareOptions = {},
): Promise<Comparison> {
  const start = performance.now();
  const options = {
    expired: () => performance.now() - start > LIMITS.compareWallMsMax,
    ...given,
  };
  const leftIsDirectory = isDirectory(left);
  if (leftIsDirectory !== isDirectory(right)) {
    throw new ReproofError(
      "file-not-readable",
      `Comparing "${left}" with "${right}"`,
      {
        expected: "two files or two directories",
        observed: leftIsDirectory
          ? "a directory and a file"
          : "a file and a directory",
      },
    );
  }
  if (leftIsDirectory) {
    const { compareDirectories } = await load<
      typeof import("./compare_directories.ts")
    >("./compare_directories.ts");
    return await runSteps(
      compareDirectories(left, right, options),
      options.signal,
    );
  }
  return await compareFiles(left, right, options);
}

async function compareFiles(
  left: string,
  right: string,
  options: CompareOptions,
): Promise<Comparison> {
  using leftReader = new FileReader(left);
  using rightReader = new FileReader(right);
  const { signal } = options;
  using ahead = new AheadOf(leftReader, rightReader);
  // Loading at once would take the core that the workers start on.
  await runSteps(ahead.begun(signal), signal);
  const scanned = runSteps(ahead.scan(signal), signal);
  const loaded = load<typeof import("./compare/compare_readers.ts")>(
    "./compare/compare_readers.ts",
  );
  // Both are waited for, so that nothing reads what is closed here.
  await Promise.allSettled([scanned, loaded]);
  await scanned;
  const { compareReaders } = await loaded;
  const comparison = await compareReaders(
    { label: left, reader: leftReader },
    { label: right, reader: rightReader },
    options,
    ahead,
  );
  for (const reader of [leftReader, rightReader]) reader.assertUnchanged();
  return comparison;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (cause) {
    throw new ReproofError("file-not-readable", `Opening "${path}"`, {
      expected: "a readable file or directory",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
