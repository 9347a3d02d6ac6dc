/**
 * The file of a consumer's memory: read when it is there, and written anew,
 * under another name first, after a release was accepted. Without permission
 * to write it is read alone.
 *
 * @module
 */

import { dirname, resolve } from "@std/path";
import {
  EMPTY_MEMORY,
  type MemorableDecision,
  MEMORY,
  type Memory,
  memoryCheck,
  remember,
} from "../policy/memory.ts";
import { UsageError } from "../verify/error.ts";
import { readDocument } from "./read_document.ts";

/**
 * Reads a memory; a file that is not there remembers nothing.
 *
 * @throws {UsageError} `memory-invalid`, `json-invalid`, `file-not-readable`.
 */
export function readMemory(path: string): Memory {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY_MEMORY;
    throw error;
  }
  return readDocument(MEMORY, path);
}

/**
 * Remembers a decision that was accepted. The file is read again under a lock:
 * of two verifications at once neither may forget what the other accepted, and
 * the older of two decisions never takes the place of the newer.
 *
 * @returns Null when it is remembered, else why it is not.
 * @throws {UsageError} `memory-invalid`, `output-not-writable`.
 */
export function rememberDecision(
  path: string,
  decision: MemorableDecision,
): string | null {
  const directory = dirname(resolve(path));
  const { state } = Deno.permissions.querySync({
    name: "write",
    path: directory,
  });
  if (state !== "granted") return `no permission to write beside ${path}`;
  using lock = openLock(`${path}.lock`);
  lock.lockSync(true);
  const memory = readMemory(path);
  const check = memoryCheck(memory, decision);
  if (check.status === "fail") return check.observed;
  writeMemory(path, remember(memory, decision));
  return null;
}

/** The file stays: removing it would let two hold the lock of one name. */
function openLock(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true });
  } catch (cause) {
    throw new UsageError("output-not-writable", `Opening "${path}"`, {
      expected: "a directory that can be written to",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

function writeMemory(path: string, memory: Memory): void {
  const temporary = `${path}.${crypto.randomUUID()}.partial`;
  try {
    {
      using file = Deno.openSync(temporary, { write: true, createNew: true });
      let rest = new TextEncoder().encode(
        JSON.stringify(memory, null, 2) + "\n",
      );
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
    throw new UsageError("output-not-writable", `Writing "${path}"`, {
      expected: "a directory that can be written to",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
