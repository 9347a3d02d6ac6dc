/**
 * `reproof doctor [DIR]`: what this machine can do, and whether this
 * installation refuses what must be refused.
 *
 * @module
 */

import { join } from "@std/path";
import { ReproofError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { RECIPE, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { inspectMachine } from "../doctor/machine.ts";
import { selfTest, type SelfTestStep } from "../doctor/self_test.ts";
import { readDocument } from "../read_document.ts";

/** The `doctor` command. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Look at this machine, and test that tampering is refused",
  usage: ["doctor [DIR]"],
  example: "reproof doctor .",
  flags: [],
  operands: [0, 1],
  async run(context, args) {
    const directory = args.operands[0];
    const recipe = directory === undefined
      ? null
      : readDocument(RECIPE, join(directory, RECIPE_FILE));
    const machine = await inspectMachine(recipe);
    const tests = await run(context);
    const missing = machine.some(({ state }) => state === "missing");
    const failed = tests.some(({ holds }) => !holds);
    if (args.has("json")) {
      context.out(
        JSON.stringify(
          { schemaVersion: 1, machine, selfTest: tests },
          null,
          2,
        ) + "\n",
      );
    } else {
      context.out([
        ...machine.map(({ name, state, detail }) =>
          `${state.padEnd(8)} ${escapeText(name)}: ${escapeText(detail)}\n`
        ),
        "\n",
        ...tests.map(({ name, holds, observed }) =>
          `${holds ? "holds" : "FAILS"}    ${name} (${escapeText(observed)})\n`
        ),
      ].join(""));
    }
    return exitCode(failed, missing);
  },
};

/** A self-test that cannot be made has not been passed. */
async function run(
  context: Parameters<Command["run"]>[0],
): Promise<SelfTestStep[]> {
  try {
    return await selfTest({ now: context.now, signal: context.signal });
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return [{
      name: "the self-test runs",
      holds: false,
      observed: error.message,
    }];
  }
}

function exitCode(failed: boolean, missing: boolean): ExitCode {
  return failed ? EXIT.failed : missing ? EXIT.inconclusive : EXIT.ok;
}
