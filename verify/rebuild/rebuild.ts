/**
 * Rebuilding: is what a recipe builds a function of its source and pinned
 * toolchains alone?
 *
 * 1. recipe and lock are read; 2. toolchains are held against the lock, and
 * drift ends it there; 3. the source is copied and identified; 4. `prepare`
 * runs once; 5. a control and a varied run build every target, in
 * surroundings drawn from a seed; 6. their artifacts are compared and
 * differences traced to axes; 7. the toolchains are held against the lock
 * again, since a build or the host may have changed them meanwhile.
 *
 * A build that failed, or was never made, leaves its artifacts `unchecked`;
 * it is never said to differ. The runs begin at least a second apart, so that
 * a clock read in whole seconds differs even where it cannot be shifted.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { type Assignment, readAssignment } from "./assignment.ts";
import { drawAxes } from "./axis/mod.ts";
import { checkLock } from "./check_lock.ts";
import type { CompareFunction } from "./compare_runs.ts";
import { cacheFolder, DigestCache, toolchainsFolder } from "./digest_cache.ts";
import { examineRuns } from "./examine_runs.ts";
import { findTools } from "./find_tools.ts";
import { refuseHiddenFiles } from "./hidden_files.ts";
import { makeRuns } from "./make_runs.ts";
import { openWorkshop } from "./open_workshop.ts";
import { outputPaths } from "./outputs.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { freshSeed } from "./random.ts";
import type { RebuildOptions } from "./rebuild_options.ts";
import { resultOf } from "./rebuild_result.ts";
import type { Recipe } from "./recipe.ts";
import { assertSameSource } from "./replay.ts";
import type { RebuildResult, ResourceUse } from "./result.ts";
import { type Snapshot, snapshotSource } from "./source.ts";
import { recipeFor } from "./target_toolchains.ts";
import { WorkPlace } from "./work_place.ts";

export type { CompareFunction, RebuildOptions };

/** A log of a step. */
export interface RebuildLog {
  /** File name; the same in every rebuild. */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

/** A rebuild that came to an end, with its files until it is disposed. */
export interface Rebuild extends AsyncDisposable {
  /** What came of it. */
  readonly result: RebuildResult;
  /** The recipe that was built. */
  readonly recipe: Recipe;
  /** Paths of the control run's artifacts by `TARGET/NAME`. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The same for the varied run. */
  readonly variedOutputs: Rebuild["outputs"];
  /** Wall time of each target in the control run, in milliseconds. */
  readonly buildMs: ReadonlyMap<string, number>;
  /** What each step of both runs used. */
  readonly resources: readonly ResourceUse[];
  /** The log of every step. */
  readonly logs: readonly RebuildLog[];
  /** Directory that `prepare` filled, or null when nothing was built. */
  readonly prepared: string | null;
  /** Snapshot of the source that was built. */
  readonly source: string;
  /** SHA-256 of every file of the snapshot, as it was identified. */
  readonly sourceFiles: ReadonlyMap<string, string>;
}

/**
 * Rebuilds what a recipe describes, twice, and compares.
 *
 * Everything lies in a private directory until the result is disposed. When
 * it throws or the program is killed, builds are ended and the directory is
 * removed.
 *
 * @param recipeDirectory Directory with `reproof.json` and its lock.
 * @throws {UsageError} For a recipe, lock or option that makes no sense.
 * @throws {ReproofError} `source-refused`, `source-epoch-missing`,
 * `sandbox-missing` and errors of reading.
 *
 * @example
 * ```ts ignore
 * await using made = await rebuild("fixtures/tally", { seed: "1" });
 * console.log(made.result.verdict);
 * ```
 */
export async function rebuild(
  recipeDirectory: string,
  given: RebuildOptions = {},
): Promise<Rebuild> {
  const assignment = await readAssignment(recipeDirectory, given);
  const place = new WorkPlace({
    directory: assignment.options.workDirectory,
    shell: assignment.host.shell,
  });
  try {
    await place.watchdog.elsewhere(place.inMemory);
    return await rebuildIn(place, assignment);
  } catch (error) {
    await place[Symbol.asyncDispose]();
    throw error;
  }
}

/** The stages from the toolchains on. */
async function rebuildIn(
  place: WorkPlace,
  assignment: Assignment,
): Promise<Rebuild> {
  const { options, targets, lock } = assignment;
  const { replay } = options;
  const source = `${place.work}/source`;
  const progress = options.progress ?? (() => {});
  const cache = new DigestCache(options.cacheDirectory ?? cacheFolder());

  progress({ activity: "toolchains", state: "start" });
  const toolchain = await checkToolchains(assignment, cache);
  cache.save();
  progress({ activity: "toolchains", state: "end", detail: "checked" });
  const held = toolchain.every(({ status }) => status === "pass");

  const snapshot = await takeSource(assignment, source);
  const opened = await openWorkshop({
    recipe: assignment.recipe,
    lock,
    tools: held ? await toolsOf(assignment) : {},
    host: assignment.host,
    isolation: assignment.isolation,
    watchdog: place.watchdog,
    work: place.work,
    inMemory: place.inMemory,
    files: snapshot.files,
    hidden: [assignment.recipeDirectory, ...options.hidden ?? []],
    sourceDateEpoch: snapshot.identity.sourceDateEpoch,
    digests: cache,
    progress,
    signal: options.signal,
  });
  const seed = options.seed ?? freshSeed();

  const prepared = held && targets.length > 0
    ? await prepare(opened.shop, source, {
      keepList: options.prepareOnly === true || lock.prepared !== undefined,
    })
    : undefined;

  const made = prepared !== undefined && mayBuild(prepared, options)
    ? await makeRuns(opened, assignment, { seed, snapshot, source, prepared })
    : undefined;
  const shop = made?.shop ?? opened.shop;

  const examination = await examineRuns(shop, {
    targets,
    snapshot: source,
    seed,
    built: made,
    reason: (held ? prepared?.checks ?? [] : toolchain)
      .find(({ status }) => status !== "pass"),
    given: { source: snapshot.files, prepared: prepared?.files ?? [] },
    options,
  });

  const runs = made?.runs;
  const all = runs === undefined ? [] : [runs.control, runs.varied];
  return {
    result: resultOf({
      seed,
      recipeSha256: assignment.recipeSha256,
      lock,
      snapshot,
      // A toolchain that changed under the builds did not make them as locked.
      toolchain: runs === undefined
        ? toolchain
        : await checkToolchains(assignment, cache),
      prepared,
      runs,
      examination,
      replay,
      here: drawAxes(seed, shop.host),
    }),
    recipe: assignment.recipe,
    outputs: outputPaths(runs?.control.outputs),
    variedOutputs: outputPaths(runs?.varied.outputs),
    buildMs: runs?.control.buildMs ?? new Map(),
    resources: all.flatMap((run) => run.resources),
    logs: [...prepared?.logs ?? [], ...all.flatMap(({ logs }) => logs)]
      .map(({ name, path, sha256 }) => ({ name, path, sha256 })),
    prepared: prepared?.path ?? null,
    source,
    sourceFiles: new Map(
      snapshot.files.map(({ path, sha256 }) => [path, sha256]),
    ),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

/** Holds the toolchains against the lock; none where nothing is built. */
async function checkToolchains(
  { recipeDirectory, options, recipe, targets, lock }: Assignment,
  cache: DigestCache,
): Promise<Check[]> {
  return targets.length === 0
    ? []
    : await checkLock(recipeFor(recipe, targets), lock, {
      recipeDirectory,
      toolchainsFolder: toolchainsFolder(options.cacheDirectory),
      signal: options.signal,
      cache,
    });
}

async function toolsOf({ options, recipe, targets, lock }: Assignment) {
  return await findTools(
    recipeFor(recipe, targets),
    lock,
    toolchainsFolder(options.cacheDirectory),
  );
}

/** Copies the source, and refuses one that is not to be built. */
async function takeSource(
  { recipeDirectory, options, recipe, recipeSha256 }: Assignment,
  into: string,
): Promise<Snapshot> {
  const snapshot = await snapshotSource(recipeDirectory, recipe, {
    into,
    sourceDateEpoch: options.sourceDateEpoch,
    signal: options.signal,
  });
  if (options.replay !== undefined) {
    assertSameSource(options.replay, {
      tree: snapshot.identity.treeSha256,
      recipe: recipeSha256,
    });
  }
  refuseHiddenFiles(snapshot.files, options.hidden ?? []);
  return snapshot;
}

function mayBuild({ checks }: Prepared, options: RebuildOptions): boolean {
  return options.prepareOnly !== true &&
    checks.every(({ code, gate, status }) =>
      gate !== "build" && code !== "prepared-differs" || status === "pass"
    );
}
