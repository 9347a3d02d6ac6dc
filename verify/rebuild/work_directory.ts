/**
 * The directory of a rebuild: private to this user, gone at the end, whatever
 * a build left in it.
 *
 * @module
 */

import { UsageError } from "../error.ts";

/** Makes a fresh directory, or takes a given one that is new or empty. */
export function makeWorkDirectory(given: string | undefined): string {
  if (given === undefined) {
    return Deno.realPathSync(Deno.makeTempDirSync({ prefix: "reproof-" }));
  }
  Deno.mkdirSync(given, { recursive: true, mode: 0o700 });
  if (!Deno.readDirSync(given)[Symbol.iterator]().next().done) {
    throw new UsageError("usage", `Using "${given}" to build in`, {
      expected: "a new or empty directory",
      observed: "one with files",
    });
  }
  return Deno.realPathSync(given);
}

/** Removes a tree, read-only directories included. */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    makeWritable(path);
    await Deno.remove(path, { recursive: true });
  }
}

function makeWritable(path: string): void {
  Deno.chmodSync(path, 0o700);
  for (const entry of Deno.readDirSync(path)) {
    if (entry.isDirectory) makeWritable(`${path}/${entry.name}`);
  }
}
