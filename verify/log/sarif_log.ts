/**
 * SARIF logs, 2.1.0 and the 1.0.0 that C# compilers write by default: one
 * document, or one in each line as GCC writes them. A result without a level
 * is a warning (SARIF 2.1.0, 3.27.10); one with a suppression is counted as
 * suppressed (3.27.23; `suppressionStates` in 1.0.0).
 *
 * A document is read whole, so its size has a limit; what is no SARIF, or
 * breaks off, is malformed.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { parseStrictJson } from "../strict_json.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** What SARIF documents say. */
export interface SarifResults {
  /** Runs of tools. */
  readonly runs: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Results that the source or a tool suppressed. */
  readonly suppressed: number;
  /** Documents that could not be read. */
  readonly malformed: number;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads the documents of a log. */
export function sarifResults(bytes: Uint8Array): SarifResults {
  const whole = parse(bytes);
  const documents = whole !== null
    ? [whole]
    : new TextDecoder().decode(bytes).split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => parse(new TextEncoder().encode(line)));
  let runs = 0;
  let suppressed = 0;
  let malformed = 0;
  const diagnostics: Diagnostic[] = [];
  for (const document of documents) {
    const own = document?.["runs"];
    if (!Array.isArray(own)) {
      malformed++;
      continue;
    }
    for (const run of own.filter(isMembers)) {
      runs++;
      const results: unknown[] = Array.isArray(run["results"])
        ? run["results"]
        : [];
      for (const result of results.filter(isMembers)) {
        const level = result["level"] ?? "warning";
        if (level !== "warning" && level !== "error") continue;
        if (isSuppressed(result)) {
          suppressed++;
          continue;
        }
        diagnostics.push({
          code: textOf(result["ruleId"]) ?? "none",
          project: null,
          text: messageOf(result["message"]),
        });
      }
    }
  }
  return { runs, diagnostics, suppressed, malformed };
}

function isSuppressed(result: Members): boolean {
  return ["suppressions", "suppressionStates"].some((name) => {
    const list = result[name];
    return Array.isArray(list) && list.length > 0;
  });
}

function messageOf(message: unknown): string {
  return textOf(message) ??
    (isMembers(message) ? textOf(message["text"]) : null) ?? "";
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(bytes: Uint8Array): Members | null {
  try {
    const value: unknown = parseStrictJson(bytes, "a SARIF log");
    return isMembers(value) ? value : null;
  } catch (error) {
    if (error instanceof ReproofError) return null;
    throw error;
  }
}
