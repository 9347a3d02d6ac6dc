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
import { replaceFile, takeLock } from "./locked_file.ts";
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
  using _lock = takeLock(path);
  const memory = readMemory(path);
  const check = memoryCheck(memory, decision);
  if (check.status === "fail") return check.observed;
  replaceFile(
    path,
    JSON.stringify(remember(memory, decision), null, 2) + "\n",
  );
  return null;
}
