/**
 * `reproof rebuild`: builds twice in different surroundings, compares, and
 * names what made a difference.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import { type Rebuild, rebuild } from "../../verify/rebuild/rebuild.ts";
import { freshSeed } from "../../verify/rebuild/random.ts";
import type { RebuildResult } from "../../verify/rebuild/result.ts";
import { EXIT, type ExitCode, verdictExit } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { Progress } from "../cli/progress.ts";
import { rebuildText } from "../report/rebuild_text.ts";
import { REBUILD_FLAGS, rebuildOptions } from "./rebuild_flags.ts";

/** The `rebuild` command. */
export const rebuildCommand: Command = {
  name: "rebuild",
  summary: "Build twice in different surroundings and compare",
  usage: ["rebuild [DIR]"],
  example: "reproof rebuild fixtures/relay --seed 7",
  flags: [
    ...REBUILD_FLAGS,
    {
      name: "target",
      value: "NAME",
      repeatable: true,
      help: "Build this target of the recipe",
    },
    { name: "keep", value: "DIR", help: "Work in this new directory, kept" },
    {
      name: "evidence",
      value: "DIR",
      help: "Write result and logs to this new directory",
    },
  ],
  operands: [0, 1],
  async run(context, args) {
    const options = {
      ...rebuildOptions(context, args),
      seed: args.value("seed") ?? freshSeed(),
      workDirectory: args.value("keep"),
      ...(args.values("target").length === 0
        ? {}
        : { targets: args.values("target") }),
    };
    const evidence = args.value("evidence");
    if (evidence !== undefined) assertFree(evidence);
    using progress = new Progress(context);
    // Known before the end, so that a run that never ends can be repeated.
    let announce: (() => void) | undefined = () => {
      announce = undefined;
      if (!context.quiet) context.err(`reproof: seed ${options.seed}\n`);
    };
    await using made = await rebuild(args.operands[0] ?? ".", {
      ...options,
      progress: (event) => {
        announce?.();
        progress.listener(event);
      },
    });
    context.signal.throwIfAborted();
    progress[Symbol.dispose]();
    if (evidence !== undefined) writeEvidence(evidence, made);
    context.out(
      args.has("json")
        ? `${JSON.stringify(made.result, null, 2)}\n`
        : rebuildText(made.recipe.name, made.result),
    );
    return exitCode(made.result);
  },
};

/**
 * The verdict's exit code, but no success while a toolchain or a build is
 * not as it should be.
 */
export function exitCode(result: RebuildResult): ExitCode {
  const code = verdictExit(result.verdict);
  const sound = result.checks.every(({ gate, status }) =>
    gate !== "toolchain" && gate !== "build" || status === "pass"
  );
  return code === EXIT.ok && !sound ? EXIT.inconclusive : code;
}

function assertFree(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new UsageError("usage", 'Reading "--evidence"', {
    expected: "a new directory",
    observed: `"${path}", which exists`,
  });
}

/** Writes result and logs under another name, then renames the directory. */
function writeEvidence(path: string, made: Rebuild): void {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    Deno.mkdirSync(`${temporary}/logs`, { recursive: true });
    for (const { name, path } of made.logs) {
      Deno.copyFileSync(path, `${temporary}/logs/${name}`);
    }
    Deno.writeTextFileSync(
      `${temporary}/rebuild.json`,
      `${JSON.stringify(made.result, null, 2)}\n`,
    );
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary, { recursive: true });
    } catch {
      // It was never made.
    }
    throw error;
  }
}
