/**
 * `reproof supply`: builds some targets on this machine, for a release that is
 * decided on another.
 *
 * @module
 */

import { resolve } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { readRecipe } from "../../verify/rebuild/read_recipe.ts";
import type { Command } from "../cli/command.ts";
import { Progress } from "../cli/progress.ts";
import { readInputs } from "../gate/inputs.ts";
import { rebuildText } from "../report/rebuild_text.ts";
import { makeSupply } from "../supply/make_supply.ts";
import { exitCode } from "./rebuild.ts";
import { REBUILD_FLAGS, rebuildOptions } from "./rebuild_flags.ts";
import { chooseSigner, SIGNER_FLAGS } from "./release_signer.ts";
import { knownTargets } from "./target_flags.ts";

/** The `supply` command. */
export const supplyCommand: Command = {
  name: "supply",
  summary: "Build targets here for a release that another host decides",
  usage: ["supply [DIR] --target NAME --key FILE --out DIR"],
  example:
    "reproof supply . --target macos-arm64 --key builder.pem --out out/macos-arm64",
  flags: [
    {
      name: "target",
      value: "NAME",
      repeatable: true,
      help: "Build this target of the recipe",
    },
    {
      name: "out",
      value: "DIR",
      help: "New directory to write; release takes it with --evidence",
    },
    ...SIGNER_FLAGS,
    {
      name: "policy",
      value: "FILE",
      help: "Policy; reproof.policy.json of the project without it",
    },
    {
      name: "lock",
      value: "FILE",
      help: "Lock of this machine; reproof.lock.json of the project without it",
    },
    ...REBUILD_FLAGS,
  ],
  operands: [0, 1],
  async run(context, args) {
    const project = resolve(args.operands[0] ?? ".");
    const out = args.value("out");
    const asked = args.values("target");
    if (out === undefined || asked.length === 0) {
      throw new UsageError("usage", 'Reading the arguments of "supply"', {
        expected: out === undefined ? '"--out"' : '"--target"',
        observed: "none",
      });
    }
    const targets = knownTargets(readRecipe(project), asked);
    const { signer, hidden } = await chooseSigner(context, args, project);
    const root = args.value("trusted-root");
    const inputs = readInputs(project, {
      policyPath: args.value("policy"),
      lockPath: args.value("lock"),
      signer,
      now: context.now,
      roots: root === undefined ? [] : [root],
      supplies: targets,
    });
    using progress = new Progress(context);
    const directory = resolve(out);
    const { supply, made } = await makeSupply({
      project,
      output: directory,
      inputs,
      targets,
      now: context.now,
      rebuild: {
        ...rebuildOptions(context, args),
        progress: progress.listener,
        hidden,
      },
    });
    progress[Symbol.dispose]();
    context.out(
      args.has("json")
        ? `${JSON.stringify({ ...supply, directory }, null, 2)}\n`
        : rebuildText(made.recipe.name, made.result, made.resources) +
          `Written to ${escapeText(directory)}\n`,
    );
    return exitCode(made.result);
  },
};
