/**
 * One line for every error, and its exit code: what was being done, what was
 * expected, what was found, what to do next.
 *
 * @module
 */

import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";

/**
 * Prints an error.
 *
 * @param interrupted Whether the run was interrupted, which explains any error.
 * @returns 130 interrupted, 2 usage, 3 could not check, 70 internal.
 */
export function reportError(
  error: unknown,
  err: (text: string) => void,
  interrupted: boolean,
): ExitCode {
  if (interrupted) {
    err("reproof: error[interrupted]: Interrupted; nothing was decided\n");
    return EXIT.interrupted;
  }
  if (error instanceof ReproofError) {
    const next = error.next ?? CATALOGUE[error.code].next;
    err(`reproof: error[${error.code}]: ${error.message}; next: ${next}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.inconclusive;
  }
  const detail = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  err(`reproof: error[internal-error]: ${escapeText(detail)}\n`);
  return EXIT.internal;
}
