/**
 * Files that are never half-written and never overwritten: bytes go to a new
 * name beside the target, reach the disk, and are linked into place.
 *
 * @module
 */

import { UsageError } from "../verify/error.ts";

/**
 * Writes a file that must not exist yet.
 *
 * @param mode Permission bits before the umask.
 * @throws {UsageError} `output-exists` when there is something at `path`.
 */
export function writeNew(
  path: string,
  data: Uint8Array | string,
  mode = 0o644,
): void {
  const bytes = typeof data === "string"
    ? new TextEncoder().encode(data)
    : data;
  const temporary = `${path}.${crypto.randomUUID()}.partial`;
  try {
    {
      using file = Deno.openSync(temporary, {
        write: true,
        createNew: true,
        mode,
      });
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
      file.syncSync();
    }
    // A hard link fails where a rename would replace what is there.
    Deno.linkSync(temporary, path);
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new UsageError("output-exists", `Writing "${path}"`, {
        expected: "a path where nothing is yet",
        observed: "an existing file",
        cause,
      });
    }
    throw new UsageError("output-not-writable", `Writing "${path}"`, {
      expected: "a directory that can be written to",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  } finally {
    removeIfPresent(temporary);
  }
}

function removeIfPresent(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
