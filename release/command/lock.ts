/**
 * `reproof lock`: pins the toolchains of a recipe, or tells whether they are
 * still the pinned ones.
 *
 * @module
 */

import { ReproofError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { checkLock, describe } from "../../verify/rebuild/check_lock.ts";
import { cacheFolder, DigestCache } from "../../verify/rebuild/digest_cache.ts";
import type { FileDrift } from "../../verify/rebuild/file_drift.ts";
import { type Lock, LOCK_FILE } from "../../verify/rebuild/lock.ts";
import { makeLock } from "../../verify/rebuild/make_lock.ts";
import { rebuild } from "../../verify/rebuild/rebuild.ts";
import { readLock, readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { lockOf, recipeFor } from "../../verify/rebuild/target_toolchains.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { knownTargets } from "./target_flags.ts";

/** The `lock` command. */
export const lockCommand: Command = {
  name: "lock",
  summary: "Pin the toolchains of a recipe, or check the pins",
  usage: [
    "lock [DIR]",
    "lock [DIR] --check",
    "lock [DIR] --target NAME --out FILE",
  ],
  example: "reproof lock fixtures/relay",
  flags: [
    { name: "check", help: "Compare with the lock; write nothing" },
    {
      name: "target",
      value: "NAME",
      repeatable: true,
      help: "Pin what this target is built with, and nothing else",
    },
    {
      name: "out",
      value: "FILE",
      help: "Lock to write or compare with; reproof.lock.json without it",
    },
    { name: "no-prepare", help: "Do not run prepare to pin what it leaves" },
    { name: "no-cache", help: "Read every file again, changed or not" },
  ],
  operands: [0, 1],
  async run(context, args) {
    const directory = args.operands[0] ?? ".";
    const whole = readRecipe(directory);
    const targets = args.values("target").length === 0
      ? Object.keys(whole.targets)
      : knownTargets(whole, args.values("target"));
    const recipe = recipeFor(whole, targets);
    const path = args.value("out") ?? `${directory}/${LOCK_FILE}`;
    const locked = () => lockOf(whole, readLock(directory, path), targets);
    const cache = new DigestCache(args.has("no-cache") ? null : cacheFolder());
    const options = {
      recipeDirectory: directory,
      signal: context.signal,
      cache,
    };
    if (args.has("check")) {
      const drift = new Map<string, readonly FileDrift[]>();
      const checks = await checkLock(recipe, locked(), {
        ...options,
        onDrift: (name, files) => drift.set(name, files),
      });
      cache.save();
      return reportChecks(context, args, { checks, drift });
    }
    const tools = await makeLock(recipe, options);
    cache.save();
    context.signal.throwIfAborted();
    const prepared = recipe.prepare.length === 0 || args.has("no-prepare")
      ? undefined
      : await pinPrepared(context, directory, { lock: tools, targets });
    const lock = prepared === undefined ? tools : { ...tools, prepared };
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
          ...(lock.prepared === undefined
            ? recipe.prepare.length === 0
              ? []
              : ["  prepared files: not pinned"]
            : [
              `  prepared files: ${lock.prepared.count} files sha256:${lock.prepared.sha256}`,
            ]),
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

/**
 * Runs prepare as a rebuild would and says what it left.
 *
 * @throws {ReproofError} `prepare-failed`, or the code of what stopped it.
 */
async function pinPrepared(
  context: Context,
  directory: string,
  { lock, targets }: {
    readonly lock: Lock;
    readonly targets: readonly string[];
  },
): Promise<Lock["prepared"]> {
  await using made = await rebuild(directory, {
    lock,
    targets,
    prepareOnly: true,
    signal: context.signal,
  });
  const { prepared, checks } = made.result;
  const open = checks.find(({ gate, status }) =>
    status !== "pass" && (gate === "build" || gate === "toolchain")
  );
  if (open === undefined && prepared !== undefined) return prepared;
  throw new ReproofError(
    open?.code ?? "prepare-failed",
    "Pinning what prepare leaves",
    {
      expected: open?.expected ?? "files",
      observed: open?.observed ?? "none",
      next: "Run reproof rebuild --keep DIR and read the logs in it.",
    },
  );
}

/** Files shown of one toolchain; the JSON document has all. */
const DRIFT_SHOWN = 20;

function reportChecks(
  context: Context,
  args: Arguments,
  found: {
    readonly checks: Awaited<ReturnType<typeof checkLock>>;
    readonly drift: ReadonlyMap<string, readonly FileDrift[]>;
  },
): ExitCode {
  const { checks, drift } = found;
  const drifted = checks.filter(({ status }) => status !== "pass");
  if (args.has("json")) {
    const document = {
      schemaVersion: 1,
      checks,
      drift: Object.fromEntries(drift),
    };
    context.out(`${JSON.stringify(document, null, 2)}\n`);
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
            ...driftLines(drift.get(check.subject) ?? []),
          ]
        ),
        "",
      ].join("\n"),
    );
  }
  return drifted.length === 0 ? EXIT.ok : EXIT.failed;
}

function driftLines(drift: readonly FileDrift[]): string[] {
  const more = drift.length - DRIFT_SHOWN;
  return [
    ...drift.slice(0, DRIFT_SHOWN).map(({ change, path }) =>
      `    ${change.padEnd(7)} ${escapeText(path)}`
    ),
    ...more > 0 ? [`    and ${more} files more`] : [],
  ];
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
