/**
 * One line for every error, and its exit code: what was being done, what was
 * expected, what was found, what to do next. With `--json` the same is one
 * document on standard output, so that a program that reads it always finds
 * one.
 *
 * @module
 */

import { CATALOGUE, type Code } from "../../verify/catalogue/mod.ts";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";

/** Where an error goes. */
export interface ErrorOutput {
  readonly err: (text: string) => void;
  /** Standard output, when a document is expected there; else null. */
  readonly json: ((text: string) => void) | null;
  /** Whether the run was interrupted, which explains any error. */
  readonly interrupted: boolean;
}

interface Failure {
  readonly code: Code;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly observed?: string | undefined;
  readonly next: string | null;
  readonly exitCode: ExitCode;
}

/**
 * Prints an error.
 *
 * @returns 130 interrupted, 2 usage, 3 could not check, 70 internal.
 */
export function reportError(error: unknown, output: ErrorOutput): ExitCode {
  const { exitCode, ...failure } = describe(error, output.interrupted);
  const { code, message, next } = failure;
  output.json?.(
    JSON.stringify({ schemaVersion: 1, error: failure, exitCode }, null, 2) +
      "\n",
  );
  output.err(
    `reproof: error[${code}]: ${message}${
      next === null ? "" : `; next: ${next}`
    }\n`,
  );
  return exitCode;
}

function describe(error: unknown, interrupted: boolean): Failure {
  if (interrupted) {
    return {
      code: "interrupted",
      message: "Interrupted; nothing was decided",
      next: null,
      exitCode: EXIT.interrupted,
    };
  }
  if (error instanceof ReproofError) {
    const { code, message, expected, observed } = error;
    return {
      code,
      message,
      expected,
      observed,
      next: escapeText(error.next ?? CATALOGUE[code].next),
      exitCode: error instanceof UsageError ? EXIT.usage : EXIT.inconclusive,
    };
  }
  if (isFull(error)) {
    return {
      code: "output-not-writable",
      message: escapeText(
        `Writing: expected space for the output, found ${error.message}`,
      ),
      next: CATALOGUE["output-not-writable"].next,
      exitCode: EXIT.inconclusive,
    };
  }
  const detail = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  return {
    code: "internal-error",
    message: escapeText(detail),
    next: null,
    exitCode: EXIT.internal,
  };
}

/** A disk can be full at any write; that is not a fault of the program. */
function isFull(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    ["ENOSPC", "EDQUOT", "EROFS", "EFBIG"].includes(String(error.code));
}
