/**
 * Files that several runs of the program may want to renew at once: a lock
 * beside the file, and a new file under another name first.
 *
 * @module
 */

import { UsageError } from "../verify/error.ts";

/**
 * Takes the lock of a file, waiting for whoever has it. The lock file stays:
 * removing it would let two hold the lock of one name.
 *
 * @throws {UsageError} `output-not-writable`.
 */
export function takeLock(path: string): Disposable {
  let lock: Deno.FsFile;
  try {
    lock = Deno.openSync(`${path}.lock`, { write: true, create: true });
  } catch (cause) {
    throw notWritable(`Opening "${path}.lock"`, cause);
  }
  lock.lockSync(true);
  return lock;
}

/**
 * Puts a text in the place of a file, whole or not at all.
 *
 * @throws {UsageError} `output-not-writable`.
 */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${crypto.randomUUID()}.partial`;
  try {
    {
      using file = Deno.openSync(temporary, { write: true, createNew: true });
      let rest = new TextEncoder().encode(text);
      while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
  } catch (cause) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was never made, or has its name already.
    }
    throw notWritable(`Writing "${path}"`, cause);
  }
}

function notWritable(doing: string, cause: unknown): UsageError {
  return new UsageError("output-not-writable", doing, {
    expected: "a directory that can be written to",
    observed: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
