/**
 * Reads a configuration document from disk.
 *
 * @module
 */

import { type DocumentKind, parseDocument } from "../verify/document.ts";
import { UsageError } from "../verify/error.ts";
import { LIMITS } from "../verify/limits.ts";

/**
 * Reads and validates a document.
 *
 * @throws {UsageError} `file-not-readable`, `json-invalid` or the kind's code.
 */
export function readDocument<T>(kind: DocumentKind<T>, path: string): T {
  return parseDocument(kind, readDocumentBytes(path), path);
}

/**
 * Reads the bytes of a document, at most as many as a document may have.
 *
 * @throws {UsageError} `file-not-readable`.
 */
export function readDocumentBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile) throw new Error("not a regular file");
    if (size > LIMITS.jsonBytesMax) throw new Error(`${size} bytes`);
    return Deno.readFileSync(path);
  } catch (cause) {
    throw new UsageError("file-not-readable", `Reading "${path}"`, {
      expected: `a readable file of at most ${LIMITS.jsonBytesMax} bytes`,
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
