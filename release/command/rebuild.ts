/**
 * `reproof rebuild`: builds twice in different surroundings, compares, and
 * names what made a difference.
 *
 * @module
 */

import { dirname, resolve } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { cacheFolder } from "../../verify/rebuild/digest_cache.ts";
import { type Rebuild, rebuild } from "../../verify/rebuild/rebuild.ts";
import { readReplayEvidence } from "../../verify/rebuild/replay.ts";
import { RunCache } from "../../verify/rebuild/run_cache.ts";
import { freshSeed } from "../../verify/rebuild/random.ts";
import type { RebuildResult } from "../../verify/rebuild/result.ts";
import type { CheckStatus } from "../../verify/check.ts";
import {
  type ComparisonVerdict,
  EXIT,
  type ExitCode,
  verdictExit,
  worstVerdict,
} from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { Progress } from "../cli/progress.ts";
import { rebuildStatements } from "../rebuild_statements.ts";
import { readPassphrase } from "../sign/passphrase.ts";
import { loadSigningKey, type SigningKey } from "../sign/signing_key.ts";
import { rebuildText } from "../report/rebuild_text.ts";
import { unsoundChecks } from "../sound_builds.ts";
import { VERSION } from "../version.ts";
import { REBUILD_FLAGS, rebuildOptions } from "./rebuild_flags.ts";

/** The `rebuild` command. */
export const rebuildCommand: Command = {
  name: "rebuild",
  summary: "Build twice in different surroundings and compare",
  usage: ["rebuild [DIR]", "rebuild [DIR] --evidence DIR --key FILE"],
  example: "reproof rebuild fixtures/relay --seed 7",
  flags: [
    ...REBUILD_FLAGS,
    {
      name: "target",
      value: "NAME",
      repeatable: true,
      help: "Build this target of the recipe",
    },
    {
      name: "no-attribute",
      help: "Make no further builds to find causes",
    },
    {
      name: "prove-fix",
      help: "Rebuild with the fixes of what was found, and say what they fixed",
    },
    {
      name: "against",
      value: "SOURCE",
      repeatable: true,
      help:
        "Compare with what was published: a path, npm:, go:, pypi:, crate:, deb:, https:",
    },
    {
      name: "repeats",
      value: "N",
      help: "Repeat the control run N times, for what is seldom random",
    },
    {
      name: "replay",
      value: "EVIDENCE",
      help: "Repeat the run that left this evidence, in its surroundings",
    },
    { name: "fresh", help: "Make every run, whatever the cache of runs holds" },
    { name: "keep", value: "DIR", help: "Work in this new directory, kept" },
    {
      name: "evidence",
      value: "DIR",
      help: "Write result and logs to this new directory",
    },
    {
      name: "key",
      value: "FILE",
      help: "Sign statements for a quorum into the evidence, with this key",
    },
    {
      name: "passphrase-env",
      value: "NAME",
      help: "Variable that holds the passphrase of the key",
    },
  ],
  operands: [0, 1],
  async run(context, args) {
    const replay = args.value("replay");
    const replayed = replay === undefined ? {} : {
      replay: readReplayEvidence(replay),
    };
    const options = {
      ...rebuildOptions(context, args),
      seed: replayed.replay?.seed ?? args.value("seed") ?? freshSeed(),
      workDirectory: args.value("keep"),
      attribute: !args.has("no-attribute"),
      proveFixes: args.has("prove-fix"),
      against: args.values("against"),
      repeats: repeats(args),
      ...replayed,
      ...(args.values("target").length === 0
        ? {}
        : { targets: args.values("target") }),
    };
    const evidence = args.value("evidence");
    if (evidence !== undefined) assertFree(evidence);
    const key = readKey(context, args);
    const folder = cacheFolder();
    // Signed evidence speaks for builds that were made for it, and a directory
    // to keep is for looking at them.
    const runCache = folder === null || args.has("fresh") || key !== null ||
        options.workDirectory !== undefined
      ? undefined
      : new RunCache(`${folder}/runs`, VERSION);
    using progress = new Progress(context);
    // Known before the end, so that a run that never ends can be repeated.
    let announce: (() => void) | undefined = () => {
      announce = undefined;
      if (!context.quiet) context.err(`reproof: seed ${options.seed}\n`);
    };
    const directory = args.operands[0] ?? ".";
    await using made = await rebuild(directory, {
      ...options,
      runCache,
      hidden: key === null ? [] : [key.path],
      progress: (event) => {
        announce?.();
        progress.listener(event);
      },
    });
    context.signal.throwIfAborted();
    progress[Symbol.dispose]();
    if (evidence !== undefined) {
      const bundles = key === null
        ? new Map<string, Uint8Array>()
        : await rebuildStatements(made, directory, { key: key.key });
      writeEvidence(evidence, made, bundles);
    }
    const { result, resources } = made;
    context.out(
      args.has("json")
        ? `${JSON.stringify({ ...result, resources }, null, 2)}\n`
        : rebuildText(made.recipe.name, result, resources),
    );
    return exitCode(made.result);
  },
};

function repeats(args: Arguments): number | undefined {
  const text = args.value("repeats");
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new UsageError("usage", 'Reading "--repeats"', {
      expected: "a number from 1 to 9999",
      observed: `"${text}"`,
    });
  }
  return Number(text);
}

/**
 * The verdict's exit code, but no success while a toolchain or a build is
 * not as it should be, or an artifact was not built at all.
 */
export function exitCode(result: RebuildResult): ExitCode {
  const code = verdictExit(
    worstVerdict([
      result.verdict,
      ...result.checks.filter(({ code }) => code === "replay-differs")
        .map(({ status }) => REPLAY_VERDICT[status]),
      ...(result.published ?? []).map(({ verdict }) => verdict),
    ]),
  );
  const sound = unsoundChecks(result.checks).length === 0;
  return code === EXIT.ok && !sound ? EXIT.inconclusive : code;
}

/** What a replayed artifact adds to the verdict. */
const REPLAY_VERDICT: Readonly<Record<CheckStatus, ComparisonVerdict>> = {
  "pass": "identical",
  "fail": "different",
  "unchecked": "unchecked",
  "not-applicable": "unchecked",
};

/** The key to sign statements with; null when none was given. */
function readKey(
  context: Context,
  args: Arguments,
): { readonly key: SigningKey; readonly path: string } | null {
  const given = args.value("key");
  if (given === undefined) return null;
  if (args.value("evidence") === undefined) {
    throw new UsageError("usage", 'Reading "--key"', {
      expected: '"--evidence DIR" to write the statements to',
      observed: "none",
    });
  }
  const path = resolve(given);
  return { key: loadSigningKey(path, readPassphrase(context, args)), path };
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
function writeEvidence(
  path: string,
  made: Rebuild,
  bundles: ReadonlyMap<string, Uint8Array>,
): void {
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
    Deno.writeTextFileSync(
      `${temporary}/resources.json`,
      `${JSON.stringify(made.resources, null, 2)}\n`,
    );
    for (const [name, bytes] of bundles) {
      const file = `${temporary}/${name}`;
      Deno.mkdirSync(dirname(file), { recursive: true });
      Deno.writeFileSync(file, bytes);
    }
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
