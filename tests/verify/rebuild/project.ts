/**
 * Tiny projects that tests write and rebuild. Their builds are shell scripts.
 *
 * @module
 */

import type {
  Comparison,
  Difference,
} from "../../../verify/compare/comparison.ts";
import { sha256 } from "../../../verify/digest.ts";
import { LOCK_FILE } from "../../../verify/rebuild/lock.ts";
import { makeLock } from "../../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../../verify/rebuild/read_recipe.ts";
import {
  type CompareFunction,
  rebuild,
  type RebuildOptions,
} from "../../../verify/rebuild/rebuild.ts";
import { removeTree } from "../../../verify/rebuild/work_directory.ts";

/** A project in a temporary directory. */
export interface Project extends AsyncDisposable {
  readonly path: string;
}

/** What a project is made of. */
export interface ProjectOptions {
  /** Shell script of the one build step; it writes `out`. */
  readonly script?: string;
  /** Members of the recipe that replace the usual ones. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** Files by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether to make the lock; true when absent. */
  readonly lock?: boolean;
}

/** The shell as a toolchain. */
export const SHELL = {
  executable: "/bin/sh",
  versionArgs: ["-c", "echo shell"],
};

/** Writes a project. */
export async function makeProject(
  options: ProjectOptions = {},
): Promise<Project> {
  const path = Deno.realPathSync(
    Deno.makeTempDirSync({ prefix: "reproof-test-" }),
  );
  const recipe = {
    schemaVersion: 1,
    name: "sample",
    version: "1.0.0",
    sourceDateEpoch: 1700000000,
    toolchains: { sh: SHELL },
    targets: {
      any: {
        build: [{
          argv: ["/bin/sh", "-c", options.script ?? "echo made >out"],
        }],
        artifacts: [{ name: "out", path: "out" }],
      },
    },
    ...options.recipe,
  };
  const files = {
    "reproof.json": JSON.stringify(recipe, null, 2),
    "main.txt": "source\n",
    ...options.files,
  };
  for (const [name, text] of Object.entries(files)) {
    Deno.mkdirSync(`${path}/${name}`.replace(/\/[^/]*$/, ""), {
      recursive: true,
    });
    Deno.writeTextFileSync(`${path}/${name}`, text);
  }
  if (options.lock ?? true) {
    const lock = await makeLock(readRecipe(path), { recipeDirectory: path });
    Deno.writeTextFileSync(`${path}/${LOCK_FILE}`, JSON.stringify(lock));
  }
  return { path, [Symbol.asyncDispose]: () => removeTree(path) };
}

/** Rebuilds a project that is written for it. */
export async function rebuildProject(
  project: ProjectOptions,
  options: RebuildOptions = {},
) {
  await using made = await makeProject(project);
  return await rebuild(made.path, {
    seed: "test",
    compare: compareBytes,
    runDistanceMs: 0,
    ...options,
  });
}

/** Says only whether and where bytes differ; tests of comparison are others'. */
export const compareBytes: CompareFunction = (left, right) => {
  const [a, b] = [Deno.readFileSync(left), Deno.readFileSync(right)];
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  const equal = at === a.length && at === b.length;
  const side = (bytes: Uint8Array) => ({
    offset: at,
    length: bytes.length - at,
    value: new TextDecoder().decode(bytes.subarray(at, at + 96)),
  });
  const difference: Difference = {
    code: "not-reproducible",
    path: "data",
    left: side(a),
    right: side(b),
    accountedBy: null,
    cause: null,
  };
  const file = (path: string, bytes: Uint8Array) => ({
    path,
    sha256: sha256(bytes),
    size: bytes.length,
    format: "data" as const,
  });
  const ledger = (bytes: Uint8Array) => ({
    content: bytes.length,
    volatile: 0,
    derived: 0,
    framing: 0,
    total: bytes.length,
  });
  const comparison: Comparison = {
    schemaVersion: 1,
    verdict: equal ? "identical" : "different",
    left: file(left, a),
    right: file(right, b),
    differences: equal ? [] : [difference],
    summary: {
      bytesDiffering: equal ? 0 : Math.max(a.length, b.length) - at,
      bytesAccounted: 0,
      fieldsDiffering: equal ? 0 : 1,
    },
    ledger: { left: ledger(a), right: ledger(b) },
    limitsHit: [],
  };
  return Promise.resolve(comparison);
};

/** Codes of the checks that did not pass, each once, sorted. */
export function openCodes(
  checks: readonly { readonly code: string; readonly status: string }[],
): string[] {
  return [
    ...new Set(
      checks.filter(({ status }) => status !== "pass").map(({ code }) => code),
    ),
  ].sort();
}

/** Live processes whose command line holds a text. */
export function processesWith(text: string): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      const state = Deno.readTextFileSync(`/proc/${name}/stat`);
      if (line.includes(text) && !/\) Z /.test(state)) {
        found.push(Number(name));
      }
    } catch {
      // It has gone.
    }
  }
  return found;
}

/**
 * {@linkcode processesWith}, once those that were ended are gone: the kernel
 * takes a moment to take down what it was told to kill.
 */
export async function processesLeft(text: string): Promise<number[]> {
  for (let round = 0; round < 250; round++) {
    const found = processesWith(text);
    if (found.length === 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return processesWith(text);
}
