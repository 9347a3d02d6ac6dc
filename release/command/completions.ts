/**
 * `reproof completions`: a script that completes commands and flags in a shell.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { COMMANDS } from "../cli/commands.ts";
import { COMPLETIONS, type Shell } from "../cli/completions.ts";

/** The `completions` command. */
export const completionsCommand: Command = {
  name: "completions",
  summary: "Print a completion script for bash, zsh or fish",
  usage: ["completions bash|zsh|fish"],
  example: "source <(reproof completions bash)",
  flags: [],
  operands: [1, 1],
  async run(context, args) {
    const shell = args.operands[0] ?? "";
    if (!isShell(shell)) {
      throw new UsageError("usage", 'Reading the arguments of "completions"', {
        expected: Object.keys(COMPLETIONS).join(", "),
        observed: `"${shell}"`,
      });
    }
    const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
    const script = COMPLETIONS[shell](commands);
    context.out(
      args.has("json")
        ? JSON.stringify({ schemaVersion: 1, shell, script }, null, 2) + "\n"
        : script,
    );
    return EXIT.ok;
  },
};

function isShell(name: string): name is Shell {
  return Object.hasOwn(COMPLETIONS, name);
}
