/**
 * Strict reading of a command line: `parseArgs` accepts unknown flags and
 * guesses numbers; here an unknown, repeated or valueless flag is an error
 * with a suggestion.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { UsageError } from "../../verify/error.ts";
import type { Arguments, Command, Flag } from "./command.ts";

/** Flags that every command takes. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "json", help: "Print one JSON document on standard output" },
  { name: "now", value: "TIME", help: "Use this time (RFC 3339) as now" },
  { name: "color", value: "WHEN", help: "auto, always or never" },
  { name: "quiet", help: "No progress and no hints" },
  { name: "help", help: "Show this help" },
];

/**
 * Parses the arguments of a command.
 *
 * @throws {UsageError} `usage` for the first thing that is not understood.
 */
export function parseFlags(
  command: Pick<Command, "name" | "flags" | "operands">,
  args: readonly string[],
): Arguments {
  const flags = [...command.flags, ...COMMON_FLAGS];
  const doing = `Reading the arguments of "${command.name}"`;
  const switches = flags.filter((flag) => flag.value === undefined)
    .map((flag) => flag.name);
  const valued = flags.filter((flag) => flag.value !== undefined)
    .map((flag) => flag.name);
  const end = args.indexOf("--");
  args.slice(0, end === -1 ? args.length : end).forEach((argument) => {
    const name = /^--([^=]+)=/.exec(argument)?.[1];
    if (name !== undefined && switches.includes(name)) {
      throw new UsageError("usage", doing, {
        expected: `"--${name}" without a value`,
        observed: `"${argument}"`,
      });
    }
  });
  const parsed = parseArgs(args, {
    boolean: switches,
    string: ["_", ...valued],
    collect: [...switches, ...valued],
    "--": true,
    unknown: (argument, key) => {
      if (key === undefined) return true;
      const names = flags.map((flag) => flag.name);
      throw new UsageError("usage", doing, {
        expected: `one of ${names.map((name) => `--${name}`).join(", ")}`,
        observed: `"${argument}"`,
        next: `Did you mean "--${closestString(key, names)}"?`,
      });
    },
  });
  const given = (name: string) => parsed[name] as unknown[] | undefined ?? [];
  for (const flag of flags) {
    const values = given(flag.name);
    if (values.length > 1 && !flag.repeatable) {
      throw new UsageError("usage", doing, {
        expected: `"--${flag.name}" once`,
        observed: `${values.length} times`,
      });
    }
    if (flag.value !== undefined && values.includes("")) {
      throw new UsageError("usage", doing, {
        expected: `"--${flag.name} ${flag.value}"`,
        observed: "no value",
      });
    }
  }
  const operands = [...parsed._.map(String), ...parsed["--"] ?? []];
  const [least, most] = command.operands;
  if (!given("help").includes(true)) {
    if (operands.length < least || operands.length > most) {
      throw new UsageError("usage", doing, {
        expected: least === most
          ? `${least} operand${least === 1 ? "" : "s"}`
          : `${least} to ${most} operands`,
        observed: operands.length === 0
          ? "none"
          : operands.map((operand) => `"${operand}"`).join(" "),
      });
    }
  }
  return {
    operands,
    value: (name) => given(name)[0] as string | undefined,
    values: (name) => given(name) as string[],
    has: (name) => given(name).includes(true),
  };
}
