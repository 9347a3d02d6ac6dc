/**
 * `reproof ci init SYSTEM [DIR]`: writes a workflow that rebuilds each change,
 * each night, and runs the gate for each tag.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { RECIPE, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { EXIT } from "../../verify/verdict.ts";
import {
  CI_PATHS,
  CI_SYSTEMS,
  type CiSystem,
  renderWorkflow,
} from "../ci/workflow.ts";
import type { Command } from "../cli/command.ts";
import { readDocument } from "../read_document.ts";
import { writeNew } from "../write_new.ts";

/** The target that a change rebuilds where there is one of this name. */
const FIRST_TARGET = "linux-x64";

/** The `ci` command. */
export const ciCommand: Command = {
  name: "ci",
  summary: "Write a workflow for a CI system",
  usage: [`ci init ${CI_SYSTEMS.join("|")} [DIR]`],
  example: "reproof ci init github .",
  flags: [],
  operands: [2, 3],
  run(context, args) {
    const [verb, name = "", directory = "."] = args.operands;
    const system = CI_SYSTEMS.find((one) => one === name);
    if (verb !== "init" || system === undefined) {
      throw new UsageError("usage", 'Reading the arguments of "ci"', {
        expected: `init with ${CI_SYSTEMS.join(", ")}`,
        observed: `"${verb} ${name}"`,
      });
    }
    const path = write(system, directory);
    context.err(
      `Wrote ${path}. Read it, pin what it uses by digest, and give it the key as a secret.\n`,
    );
    return Promise.resolve(EXIT.ok);
  },
};

function write(system: CiSystem, directory: string): string {
  const recipe = readDocument(RECIPE, join(directory, RECIPE_FILE));
  const targets = Object.keys(recipe.targets);
  const target = targets.find((one) => one === FIRST_TARGET) ?? targets[0] ??
    FIRST_TARGET;
  const path = join(directory, CI_PATHS[system]);
  Deno.mkdirSync(dirname(path), { recursive: true });
  writeNew(path, renderWorkflow(system, { target }));
  return path;
}
