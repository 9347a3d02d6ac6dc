/**
 * `reproof lock`: pins the toolchains of a recipe, or tells whether they are
 * still the pinned ones.
 *
 * @module
 */

import { ReproofError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { checkLock, describe } from "../../verify/rebuild/check_lock.ts";
import { type Lock, LOCK_FILE } from "../../verify/rebuild/lock.ts";
import { makeLock } from "../../verify/rebuild/make_lock.ts";
import { readLock, readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";

/** The `lock` command. */
export const lockCommand: Command = {
  name: "lock",
  summary: "Pin the toolchains of a recipe, or check the pins",
  usage: ["lock [DIR]", "lock [DIR] --check"],
  example: "reproof lock fixtures/relay",
  flags: [{ name: "check", help: "Compare with the lock; write nothing" }],
  operands: [0, 1],
  async run(context, args) {
    const directory = args.operands[0] ?? ".";
    const recipe = readRecipe(directory);
    const options = { recipeDirectory: directory, signal: context.signal };
    if (args.has("check")) {
      const checks = await checkLock(recipe, readLock(directory), options);
      return reportChecks(context, args, checks);
    }
    const lock = await makeLock(recipe, options);
    context.signal.throwIfAborted();
    const path = `${directory}/${LOCK_FILE}`;
    writeLock(path, lock);
    if (args.has("json")) context.out(`${JSON.stringify(lock, null, 2)}\n`);
    else {
      context.out(
        [
          `${recipe.name}: locked ${
            Object.keys(lock.toolchains).length
          } toolchains in ${escapeText(path)}`,
          ...Object.entries(lock.toolchains).map(([name, tool]) =>
            `  ${name}: ${escapeText(describe(tool))}`
          ),
          lock.host === null
            ? "The lock holds on every host."
            : `The lock holds on host ${escapeText(lock.host.name)} alone.`,
          "",
        ].join("\n"),
      );
    }
    return EXIT.ok;
  },
};

function reportChecks(
  context: Context,
  args: Arguments,
  checks: Awaited<ReturnType<typeof checkLock>>,
): ExitCode {
  const drifted = checks.filter(({ status }) => status !== "pass");
  if (args.has("json")) {
    context.out(`${JSON.stringify({ schemaVersion: 1, checks }, null, 2)}\n`);
  } else {
    context.out(
      [
        drifted.length === 0
          ? "Every toolchain is as locked."
          : `${drifted.length} of ${checks.length} toolchains are not as locked.`,
        ...checks.flatMap((check) =>
          check.status === "pass" ? [`  pass ${check.subject}`] : [
            `  ${check.status} ${check.subject} [${check.code}]`,
            `    expected ${escapeText(check.expected)}`,
            `    found    ${escapeText(check.observed)}`,
          ]
        ),
        "",
      ].join("\n"),
    );
  }
  return drifted.length === 0 ? EXIT.ok : EXIT.failed;
}

/** Writes under another name and renames, so that no half lock is ever read. */
function writeLock(path: string, lock: Lock): void {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    Deno.writeTextFileSync(temporary, `${JSON.stringify(lock, null, 2)}\n`, {
      createNew: true,
    });
    Deno.renameSync(temporary, path);
  } catch (cause) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was never made.
    }
    throw new ReproofError("output-not-writable", `Writing "${path}"`, {
      expected: "a directory that can be written",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
