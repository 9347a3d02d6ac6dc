/**
 * The schema of a document, printed for editors, by the commands that have one.
 *
 * @module
 */

import { z } from "zod";
import { UsageError } from "../../verify/error.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Context } from "../cli/command.ts";

/**
 * Prints what a document may hold as JSON Schema.
 *
 * @param options `command` is the one that prints it.
 * @throws {UsageError} `usage` for an operand after `schema`.
 */
export function printSchema(
  context: Context,
  { operands }: Arguments,
  options: { readonly command: string; readonly schema: z.ZodType },
): ExitCode {
  const extra = operands[1];
  if (extra !== undefined) {
    throw new UsageError(
      "usage",
      `Reading the arguments of "${options.command} schema"`,
      { expected: "no operand", observed: `"${extra}"` },
    );
  }
  const schema = z.toJSONSchema(options.schema, { io: "input" });
  context.out(`${JSON.stringify(schema, null, 2)}\n`);
  return EXIT.ok;
}
