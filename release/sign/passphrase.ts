/**
 * The passphrase of a key from the variable that the caller names; never from
 * the command line, where every process of the host could read it.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import type { Arguments, Context } from "../cli/command.ts";

/**
 * Reads the variable that `--passphrase-env` names.
 *
 * @returns Undefined when the flag was not given.
 * @throws {UsageError} `usage` when the variable is unset or empty.
 */
export function readPassphrase(
  context: Context,
  args: Arguments,
): string | undefined {
  const variable = args.value("passphrase-env");
  if (variable === undefined) return undefined;
  const value = context.env(variable);
  if (value !== undefined && value !== "") return value;
  throw new UsageError("usage", "Reading the passphrase", {
    expected: `a passphrase in the variable "${variable}"`,
    observed: value === undefined ? "no such variable" : "an empty one",
  });
}
