/**
 * The file of a consumer's memory: read when it is there, and written anew,
 * under another name first, after a release was accepted. Without permission
 * to write it is read alone.
 *
 * @module
 */

import { dirname, resolve } from "@std/path";
import { EMPTY_MEMORY, MEMORY, type Memory } from "../policy/memory.ts";
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
 * Writes a memory.
 *
 * @returns Whether it was written; false without permission to write.
 * @throws {UsageError} `output-not-writable`.
 */
export function writeMemory(path: string, memory: Memory): boolean {
  const directory = dirname(resolve(path));
  const { state } = Deno.permissions.querySync({
    name: "write",
    path: directory,
  });
  if (state !== "granted") return false;
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
  return true;
}
