/**
 * The real world as a command sees it. Under fewer permissions (`verify` runs
 * with reading alone) a variable that may not be read counts as unset.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import type { Arguments, Context } from "./command.ts";
import { withoutCommands, writeStream } from "./write_stream.ts";

const RFC3339 =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Builds the context from the common flags.
 *
 * @throws {UsageError} `usage` when `--now` or `--color` has no meaning.
 */
export function makeContext(args: Arguments, signal: AbortSignal): Context {
  const clock = new Date();
  const isTerminal = Deno.stderr.isTerminal();
  return {
    out: (text) => writeStream(Deno.stdout, withoutCommands(text)),
    err: (text) => writeStream(Deno.stderr, withoutCommands(text)),
    command: (text) => writeStream(Deno.stdout, text),
    env: readVariable,
    now: parseNow(args.value("now"), clock),
    clock,
    isTerminal,
    color: parseColor(args.value("color"), isTerminal),
    signal,
    quiet: args.has("quiet"),
  };
}

function readVariable(name: string): string | undefined {
  const status = Deno.permissions.querySync({ name: "env", variable: name });
  return status.state === "granted" ? Deno.env.get(name) : undefined;
}

function parseNow(text: string | undefined, clock: Date): Date {
  if (text === undefined) return clock;
  const now = new Date(text);
  if (
    !RFC3339.test(text) || Number.isNaN(now.getTime()) ||
    // JavaScript takes the 30th of February for a day in March.
    !new Date(`${text.slice(0, 10)}T00:00:00Z`).toJSON()
      ?.startsWith(text.slice(0, 10))
  ) {
    throw new UsageError("usage", 'Reading "--now"', {
      expected: "a time such as 2026-01-31T12:00:00Z",
      observed: `"${text}"`,
    });
  }
  return now;
}

function parseColor(when: string | undefined, isTerminal: boolean): boolean {
  switch (when) {
    case undefined:
    case "auto":
      return isTerminal && !Deno.noColor;
    case "always":
      return true;
    case "never":
      return false;
    default:
      throw new UsageError("usage", 'Reading "--color"', {
        expected: "auto, always or never",
        observed: `"${when}"`,
      });
  }
}
