/**
 * The command line: finds the command, runs it in a context of the real
 * world, and turns errors into one line and an exit code.
 *
 * @module
 */

import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import { type CommandEntry, COMMANDS } from "./commands.ts";
import type { Command, Context } from "./command.ts";
import { withoutCommands, writeStream } from "./write_stream.ts";

/**
 * Runs the program.
 *
 * @param args Arguments without the program name.
 * @returns The exit code; standard output and error are written.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const err = (text: string) => print(Deno.stderr, text);
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "help") {
    if (name === undefined) {
      err(overview());
      return EXIT.usage;
    }
    print(Deno.stdout, overview());
    return EXIT.ok;
  }
  if (name === "--version") {
    const { VERSION } = await import("../version.ts");
    print(Deno.stdout, `reproof ${VERSION}\n`);
    return EXIT.ok;
  }
  const interrupt = new AbortController();
  try {
    const entry = COMMANDS.find((command) => command.name === name);
    if (entry === undefined) {
      const { UsageError } = await import("../../verify/error.ts");
      const { closestString } = await import("@std/text/closest-string");
      const names = COMMANDS.map((command) => command.name);
      throw new UsageError("usage", "Finding the command", {
        expected: `one of ${names.join(", ")}`,
        observed: `"${name}"`,
        next: `Did you mean "${closestString(name, names)}"?`,
      });
    }
    const [command, { parseFlags }, { makeContext }] = await Promise.all([
      loaded(entry),
      import("./flags.ts"),
      import("./context.ts"),
    ]);
    const parsed = parseFlags(command, rest);
    if (parsed.has("help")) {
      const { helpText } = await import("./help.ts");
      print(Deno.stdout, helpText(command));
      return EXIT.ok;
    }
    const context: Context = makeContext(parsed, interrupt.signal);
    return await run(command, context, parsed, interrupt);
  } catch (error) {
    const { reportError } = await import("./report_error.ts");
    return reportError(error, {
      err,
      json: wantsJson(args) ? (text) => print(Deno.stdout, text) : null,
      interrupted: interrupt.signal.aborted,
    });
  }
}

/** Commands are read when they are asked for, which needs a permission. */
async function loaded(entry: CommandEntry): Promise<Command> {
  try {
    return await entry.load();
  } catch (cause) {
    if (
      !/^Requires read access/.test(cause instanceof Error ? cause.message : "")
    ) {
      throw cause;
    }
    const { UsageError } = await import("../../verify/error.ts");
    throw new UsageError("usage", `Loading the command "${entry.name}"`, {
      expected: "permission to read the folder of this program",
      observed: "none",
      next: "Name that folder in --allow-read too, or give --allow-read alone.",
      cause,
    });
  }
}

/** Whether a document was asked for, though the flags may make no sense. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).includes("--json");
}

/** Runs with interrupts turned into an abort, so that nothing is left behind. */
async function run(
  command: Command,
  context: Context,
  parsed: Parameters<Command["run"]>[1],
  interrupt: AbortController,
): Promise<ExitCode> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  const onSignal = () => interrupt.abort();
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  try {
    return await command.run(context, parsed);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
  }
}

function print(stream: typeof Deno.stdout, text: string): void {
  writeStream(stream, withoutCommands(text));
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  return [
    "reproof: rebuild, compare, check, sign and decide a release",
    "",
    "Usage: reproof COMMAND [FLAG…] [OPERAND…]",
    "",
    "Commands:",
    ...COMMANDS.map((command) =>
      `  ${command.name.padEnd(width)}  ${command.summary}`
    ),
    "",
    "Exit codes: 0 yes, 1 no, 2 wrong usage, 3 could not tell, 70 internal",
    "error, 130 interrupted. Run a command with --help for its flags.",
    "",
  ].join("\n");
}
