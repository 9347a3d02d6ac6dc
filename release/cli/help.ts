/**
 * The help of one command, rendered from its declaration.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { COMMON_FLAGS } from "./flags.ts";

/** Renders usage, example and flags of a command. */
export function helpText(command: Command): string {
  const flags = [...command.flags, ...COMMON_FLAGS].map((flag) =>
    [
      `--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`,
      flag.repeatable ? `${flag.help} (repeatable)` : flag.help,
    ] as const
  );
  const width = Math.max(...flags.map(([form]) => form.length));
  return [
    `reproof ${command.name}: ${command.summary}`,
    "",
    ...command.usage.map((form, index) =>
      `${index === 0 ? "Usage:" : "      "} reproof ${form}`
    ),
    `Example: ${command.example}`,
    "",
    "Flags:",
    ...flags.map(([form, help]) => `  ${form.padEnd(width)}  ${help}`),
    "",
  ].join("\n");
}
