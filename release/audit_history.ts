/**
 * The file of an audit's history: read before, renewed after under a lock, so
 * that of two audits at once neither forgets what the other saw.
 *
 * @module
 */

import {
  AUDIT_HISTORY,
  auditedHistory,
  type AuditHistory,
  EMPTY_HISTORY,
} from "../policy/audit.ts";
import type { Audit } from "./audit.ts";
import { replaceFile, takeLock } from "./locked_file.ts";
import { readDocument } from "./read_document.ts";

/**
 * Reads a history; a file that is not there has seen nothing.
 *
 * @throws {UsageError} `audit-history-invalid`, `json-invalid`,
 * `file-not-readable`.
 */
export function readHistory(path: string): AuditHistory {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY_HISTORY;
    throw error;
  }
  return readDocument(AUDIT_HISTORY, path);
}

/**
 * Adds an audit.
 *
 * @returns The history with it.
 * @throws {UsageError} `audit-history-invalid`, `output-not-writable`.
 */
export function addToHistory(
  path: string,
  { releases, checks, at }: Audit,
): AuditHistory {
  using _lock = takeLock(path);
  const history = auditedHistory(readHistory(path), {
    seen: releases,
    checks,
    now: new Date(at),
  });
  replaceFile(path, JSON.stringify(history, null, 2) + "\n");
  return history;
}
