/**
 * The workshop: everything that the steps of one rebuild share, and how a
 * step is run in it. `prepare` and both runs use it alike.
 *
 * @module
 */

import { dirname } from "@std/path";
import { LIMITS } from "../limits.ts";
import type { AxisHost } from "./axis/axis.ts";
import type { DigestCache } from "./digest_cache.ts";
import type { Lock } from "./lock.ts";
import { expandPlaceholders, type PlaceholderValues } from "./placeholder.ts";
import type { ProgressListener } from "./progress.ts";
import type { Recipe, RecipeStep } from "./recipe.ts";
import { runStep, type StepResult } from "./run_step.ts";
import type { InsidePlaces, RunPlaces, Sandbox } from "./sandbox/sandbox.ts";
import type { Watchdog } from "./sandbox/watchdog.ts";
import type { Surroundings } from "./surroundings.ts";
import type { FoundTool } from "./toolchain.ts";
import { isSystemPath } from "./sandbox/mounts.ts";

/** What every step of a rebuild shares. */
export interface Workshop {
  readonly recipe: Recipe;
  readonly lock: Lock;
  readonly tools: Readonly<Record<string, FoundTool>>;
  readonly host: AxisHost;
  readonly sandbox: Sandbox;
  readonly watchdog: Watchdog;
  /** Directory of the rebuild. */
  readonly work: string;
  /** Directory of the logs. */
  readonly logs: string;
  readonly sourceDateEpoch: number;
  /** Digests of files, and lists of files by digest. */
  readonly digests: DigestCache;
  readonly progress: ProgressListener;
  readonly signal?: AbortSignal | undefined;
}

/** The place where the steps of one run happen. */
export interface Bench {
  readonly id: string;
  readonly surroundings: Surroundings;
  readonly places: RunPlaces;
  readonly inside: InsidePlaces;
}

/** Sets up the directories of a run; source and prepared are left to fill. */
export function setUpBench(
  shop: Workshop,
  id: string,
  surroundings: Surroundings,
): Bench {
  const places = shop.sandbox.places(id, surroundings);
  for (const path of [places.home, places.temporary, places.control]) {
    Deno.mkdirSync(path, { recursive: true });
  }
  return {
    id,
    surroundings,
    places,
    inside: shop.sandbox.inside(places, surroundings),
  };
}

/** Placeholders of a bench; a target adds its own name. */
export function benchValues(shop: Workshop, bench: Bench): PlaceholderValues {
  return {
    version: shop.recipe.version,
    sourceDateEpoch: String(shop.sourceDateEpoch),
    jobs: String(bench.surroundings.jobs),
    prepared: bench.inside.prepared,
    source: bench.inside.source,
    deno: denoPath(),
    tool: Object.fromEntries(
      Object.entries(shop.tools).map(([name, { path }]) => [name, path]),
    ),
    toolVersion: Object.fromEntries(
      Object.entries(shop.lock.toolchains)
        .map(([name, { version }]) => [name, version]),
    ),
  };
}

/** The Deno that runs this program, with links followed. */
export function denoPath(): string {
  return Deno.realPathSync(Deno.execPath());
}

/**
 * Variables of a bench before those of a target or step: what Reproof sets,
 * then the recipe's own, then the PATH of both.
 */
export function benchVariables(
  shop: Workshop,
  bench: Bench,
  values: PlaceholderValues,
): Record<string, string> {
  const { surroundings, inside } = bench;
  const own = expandAll(shop.recipe.env, values, "$.env");
  const rank = (folder: string) => folder === shop.sandbox.scripts ? 1 : 0;
  const folders = Object.values(shop.tools)
    .map(({ path }) => dirname(path))
    .filter((folder) => !["/usr/bin", "/bin"].includes(folder))
    // A script stands in for its tool, wherever that lies.
    .sort((a, b) => rank(b) - rank(a));
  const path = own.PATH ??
    [...new Set(folders), "/usr/local/bin", "/usr/bin", "/bin"].join(":");
  return {
    HOME: inside.home,
    TMPDIR: inside.temporary,
    SOURCE_DATE_EPOCH: String(shop.sourceDateEpoch),
    ...surroundings.variables,
    ...own,
    ...(surroundings.variables.HOME === undefined || own.HOME !== undefined
      ? {}
      : { HOME: inside.home }),
    PATH: [path, ...surroundings.pathTail].join(":"),
  };
}

/** Expands every value of an environment. */
export function expandAll(
  env: Readonly<Record<string, string>>,
  values: PlaceholderValues,
  what: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      expandPlaceholders(value, values, { what: `${what}.${name}` }),
    ]),
  );
}

/** One step with its place in the recipe. */
export interface PlannedStep {
  readonly step: RecipeStep;
  /** JSON path in the recipe, for messages. */
  readonly what: string;
  /** File name of the log, without extension. */
  readonly log: string;
  readonly values: PlaceholderValues;
  /** Environment before the step's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly network: boolean;
}

/** A step that ran. */
export interface RanStep {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly result: StepResult;
}

/** Runs one step on a bench. */
export async function runPlannedStep(
  shop: Workshop,
  bench: Bench,
  planned: PlannedStep,
): Promise<RanStep> {
  const { step, values, what } = planned;
  const argv = step.argv.map((text, index) =>
    expandPlaceholders(text, values, { what: `${what}.argv[${index}]` })
  );
  const cwd = step.cwd === undefined
    ? bench.inside.source
    : `${bench.inside.source}/${step.cwd}`;
  const result = await runStep({
    argv,
    cwd,
    env: {
      ...planned.env,
      ...expandAll(step.env, values, `${what}.env`),
      PWD: cwd,
    },
    surroundings: bench.surroundings,
    places: bench.places,
    inside: bench.inside,
    toolRoots: toolRoots(shop),
    network: planned.network,
  }, {
    sandbox: shop.sandbox,
    watchdog: shop.watchdog,
    limits: stepLimits(shop.recipe),
    logPath: `${shop.logs}/${planned.log}.log`,
    signal: shop.signal,
  });
  return { argv, cwd, result };
}

function toolRoots(shop: Workshop): string[] {
  const roots = Object.values(shop.tools)
    .flatMap(({ roots, realPath }) => [...roots, realPath]);
  return [...new Set([...roots, denoPath()])]
    .filter((path) => !isSystemPath(path)).sort();
}

/** Limits of the recipe, which may only lower the program's. */
export function stepLimits(recipe: Recipe) {
  const { limits } = recipe;
  const lower = (own: number | undefined, max: number) =>
    Math.min(own ?? max, max);
  return {
    wallMs: lower(limits.buildWallMs, LIMITS.buildWallMsMax),
    logBytes: lower(limits.buildLogBytes, LIMITS.buildLogBytesMax),
    treeBytes: lower(limits.buildTreeBytes, LIMITS.buildTreeBytesMax),
    processes: lower(limits.buildProcesses, LIMITS.buildProcessesMax),
    memoryBytes: lower(limits.buildMemoryBytes, LIMITS.buildMemoryBytesMax),
    cpuMs: lower(limits.buildCpuMs, LIMITS.buildCpuMsMax),
    openFiles: lower(limits.buildOpenFiles, LIMITS.buildOpenFilesMax),
  };
}
