/**
 * The directory of a rebuild: private to this user, gone at the end, whatever
 * a build left in it.
 *
 * @module
 */

import { UsageError } from "../error.ts";

/**
 * Makes a fresh directory, or takes a given one that is new or empty.
 *
 * @throws {UsageError} `output-not-writable`, or `usage` for one with files.
 */
export function makeWorkDirectory(given: string | undefined): string {
  try {
    if (given === undefined) {
      return Deno.realPathSync(Deno.makeTempDirSync({ prefix: "reproof-" }));
    }
    Deno.mkdirSync(given, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UsageError(
      "output-not-writable",
      `Making ${given === undefined ? "a temporary directory" : `"${given}"`}`,
      {
        expected: "a directory that can be written to",
        observed: cause instanceof Error ? cause.message : String(cause),
        next: "Check TMPDIR, its permissions and the free space.",
        cause,
      },
    );
  }
  if (!Deno.readDirSync(given)[Symbol.iterator]().next().done) {
    throw new UsageError("usage", `Using "${given}" to build in`, {
      expected: "a new or empty directory",
      observed: "one with files",
    });
  }
  return Deno.realPathSync(given);
}

const REMOVE_TRIES_MAX = 20;
const REMOVE_PAUSE_MS = 50;

/**
 * Removes a tree, read-only directories included. What is being ended may
 * still write for a moment, so that a few tries are made.
 */
export async function removeTree(path: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      await Deno.remove(path, { recursive: true });
      return;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (tries === REMOVE_TRIES_MAX) throw error;
      makeWritable(path);
      await new Promise((resolve) => setTimeout(resolve, REMOVE_PAUSE_MS));
    }
  }
}

function makeWritable(path: string): void {
  try {
    Deno.chmodSync(path, 0o700);
    for (const entry of Deno.readDirSync(path)) {
      if (entry.isDirectory) makeWritable(`${path}/${entry.name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
