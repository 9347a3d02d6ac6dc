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
import type { CompareOptions } from "../compare/comparison.ts";
import { sha256 } from "../digest.ts";
import { UsageError } from "../error.ts";
import { type ComparisonVerdict, worstVerdict } from "../verdict.ts";
import type { AxisHost } from "./axis/axis.ts";
import { drawAxes, type DrawnAxes } from "./axis/mod.ts";
import { withPinned } from "./axis/pinned.ts";
import type { Run } from "./build_run.ts";
import { attributionOf, withFindings } from "./attribution/findings.ts";
import {
  investigate,
  INVESTIGATION_BUILDS_MAX,
} from "./attribution/investigate.ts";
import { proveFixes } from "./attribution/prove_fixes.ts";
import { buildChecks, buildRuns } from "./build_runs.ts";
import { checkLock } from "./check_lock.ts";
import { withClocks } from "./clock.ts";
import { type CompareFunction, compareRuns } from "./compare_runs.ts";
import { copyChecks, withCopies } from "./copies.ts";
import { cacheFolder, DigestCache, toolchainsFolder } from "./digest_cache.ts";
import { type Host, inspectHost, isFile } from "./host.ts";
import { listsAsMade } from "./listing_order.ts";
import type { Lock } from "./lock.ts";
import { prepare } from "./prepare.ts";
import { removeRuns, renameRefused, RENAMES_SOURCE } from "./moved_source.ts";
import type { ProgressListener } from "./progress.ts";
import { findProvided } from "./provider/provided_tool.ts";
import { comparePublished } from "./published/compare_published.ts";
import { freshSeed } from "./random.ts";
import { readLock, readRecipe } from "./read_recipe.ts";
import { type Recipe, RECIPE_FILE } from "./recipe.ts";
import {
  type Isolation,
  ISOLATIONS,
  type RebuildResult,
  type ResourceUse,
} from "./result.ts";
import { Bubblewrap } from "./sandbox/bubblewrap.ts";
import type { ContainedOptions } from "./sandbox/contained.ts";
import { NoSandbox } from "./sandbox/none.ts";
import { memoryPath, sourceMemory } from "./sandbox/ordered_source.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { Unshare } from "./sandbox/unshare.ts";
import { Watchdog } from "./sandbox/watchdog.ts";
import type { RunCache } from "./run_cache.ts";
import { repeatControl } from "./repeats.ts";
import {
  assertSameSource,
  replayedAxes,
  type ReplayEvidence,
  replayOf,
} from "./replay.ts";
import { snapshotSource } from "./source.ts";
import { readTreeFile, type TreeFile } from "./tree.ts";
import { lockOf, recipeFor } from "./target_toolchains.ts";
import { findTool, type FoundTool } from "./toolchain.ts";
import { makeWorkDirectory, removeTree } from "./work_directory.ts";
import type { Workshop } from "./workshop.ts";

/** How to rebuild. */
export interface RebuildOptions {
  /** Axis values are drawn from it; random when absent. */
  readonly seed?: string | undefined;
  /** 1 builds one after the other; 2, the default on two cores, at once. */
  readonly jobs?: number | undefined;
  /** The strongest that works here when absent. */
  readonly isolation?: Isolation | undefined;
  /**
   * Targets to build; all of the recipe when absent. With none the source is
   * identified and nothing is built.
   */
  readonly targets?: readonly string[] | undefined;
  /** New directory to work in; it is then kept. */
  readonly workDirectory?: string | undefined;
  /** Files that no build may read, and that the source may not hold: keys. */
  readonly hidden?: readonly string[] | undefined;
  /** Seconds since 1970 instead of commit time or recipe. */
  readonly sourceDateEpoch?: number | undefined;
  /** Lock instead of the one beside the recipe. */
  readonly lock?: Lock | undefined;
  /** What may account for differences. */
  readonly compareOptions?: Omit<CompareOptions, "signal"> | undefined;
  /** Told what begins and ends. */
  readonly progress?: ProgressListener | undefined;
  /** Ends the builds and removes what they left. */
  readonly signal?: AbortSignal | undefined;
  /** Compares two files; the comparison of this program when absent. */
  readonly compare?: CompareFunction | undefined;
  /** Whether to find causes by further builds; false when absent. */
  readonly attribute?: boolean | undefined;
  /** Whether to rebuild with the fixes of what was found. */
  readonly proveFixes?: boolean | undefined;
  /** Published artifacts to compare with, `[TARGET/NAME=]SOURCE`. */
  readonly against?: readonly string[] | undefined;
  /** Evidence of a run to repeat; it sets seed, axes, lock and targets. */
  readonly replay?: ReplayEvidence | undefined;
  /** How often to repeat the control run, for what is seldom random. */
  readonly repeats?: number | undefined;
  /** Most builds that finding causes may take. */
  readonly attributionBuildsMax?: number | undefined;
  /** Directory of digests and toolchains instead of this user's. */
  readonly cacheDirectory?: string | undefined;
  /**
   * Runs that were made before may stand for runs of the same inputs. Never
   * for a proof: a release, signed evidence, repeats or a replay have none.
   */
  readonly runCache?: RunCache | undefined;
  /** Whether to end when prepare has, as to pin what it left. */
  readonly prepareOnly?: boolean | undefined;
  /** Least time between the starts of the runs, for tests. */
  readonly runDistanceMs?: number | undefined;
}

export type { CompareFunction };

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

/** More than the second in which many builds write the time. */
const RUN_DISTANCE_MS = 1_100;

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
  const { replay } = given;
  const options = replay === undefined ? given : replayOptions(given, replay);
  const recipe = readRecipe(recipeDirectory);
  const recipeSha256 = sha256(
    Deno.readFileSync(`${recipeDirectory}/${RECIPE_FILE}`),
  );
  const targets = chosenTargets(recipe, options);
  const lock = lockOf(
    recipe,
    options.lock ?? readLock(recipeDirectory),
    targets,
  );
  const ownRecipe = recipeFor(recipe, targets);
  const host = await inspectHost();
  const isolation = chosenIsolation(host, options);
  const keep = options.workDirectory !== undefined;
  const work = makeWorkDirectory(options.workDirectory);
  const watchdog = new Watchdog(work, { shell: host.shell, remove: !keep });
  const inMemory = memoryPath();
  const leave = async () => {
    if (!keep) await removeTree(work);
    await removeTree(inMemory);
    await watchdog[Symbol.asyncDispose]();
  };
  try {
    await watchdog.elsewhere(inMemory);
    const progress = options.progress ?? (() => {});
    progress({ activity: "toolchains", state: "start" });
    const cache = new DigestCache(options.cacheDirectory ?? cacheFolder());
    const toolchains = toolchainsFolder(options.cacheDirectory);
    const lookAtTools = () =>
      targets.length === 0 ? [] : checkLock(ownRecipe, lock, {
        recipeDirectory,
        toolchainsFolder: toolchains,
        signal: options.signal,
        cache,
      });
    const toolchain = await lookAtTools();
    cache.save();
    progress({ activity: "toolchains", state: "end", detail: "checked" });
    const snapshot = await snapshotSource(recipeDirectory, recipe, {
      into: `${work}/source`,
      sourceDateEpoch: options.sourceDateEpoch,
      signal: options.signal,
    });
    if (replay !== undefined) {
      assertSameSource(replay, {
        tree: snapshot.identity.treeSha256,
        recipe: recipeSha256,
      });
    }
    refuseSecrets(snapshot.files, options.hidden ?? []);
    const held = toolchain.every(({ status }) => status === "pass");
    for (const name of ["logs", "bin"]) Deno.mkdirSync(`${work}/${name}`);
    const memory = listsAsMade(work) ? null : await sourceMemory(host, {
      isolation,
      work,
      path: inMemory,
      files: snapshot.files,
    });
    const axisHost: AxisHost = {
      ...host,
      isolation,
      orderReason: memory?.reason ?? null,
    };
    const places = {
      work,
      hidden: [recipeDirectory, ...options.hidden ?? []],
    };
    const sandbox = makeSandbox(axisHost, {
      ...places,
      memory: memory?.path ?? null,
    });
    const found = held ? await findTools(ownRecipe, lock, toolchains) : {};
    const clocked = host.faketime === null
      ? { tools: found, notVaried: undefined }
      : withClocks(found, { into: `${work}/bin`, inside: sandbox.scripts });
    let shop: Workshop = {
      recipe,
      lock,
      tools: clocked.tools,
      host: axisHost,
      sandbox,
      watchdog,
      work,
      logs: `${work}/logs`,
      sourceDateEpoch: snapshot.identity.sourceDateEpoch,
      digests: cache,
      progress,
      signal: options.signal,
    };
    const seed = options.seed ?? freshSeed();
    const prepared = held && targets.length > 0
      ? await prepare(shop, `${work}/source`, {
        keepList: options.prepareOnly === true || lock.prepared !== undefined,
      })
      : undefined;
    const ready = options.prepareOnly !== true && prepared !== undefined &&
      prepared.checks.every(({ code, gate, status }) =>
        gate !== "build" && code !== "prepared-differs" || status === "pass"
      );
    const preparedSha256 = prepared?.identity?.sha256 ?? null;
    const makeRuns = (shop: Workshop, prepared: string) =>
      buildRuns(shop, {
        drawn: withReasons(
          replay === undefined
            ? withPinned(drawAxes(seed, shop.host), recipe, shop.host)
            : replayedAxes(replay),
          {
            "time": clocked.notVaried,
            ...shop.host.orderReason === RENAMES_SOURCE
              ? { "directory-order": RENAMES_SOURCE }
              : {},
          },
        ),
        targets,
        snapshot: `${work}/source`,
        prepared,
        jobs: options.jobs ?? (host.processors.length < 2 ? 1 : 2),
        distanceMs: options.runDistanceMs ?? RUN_DISTANCE_MS,
        ...(options.runCache === undefined || replay !== undefined ||
            options.repeats !== undefined
          ? {}
          : {
            cached: {
              cache: options.runCache,
              inputs: {
                source: snapshot.identity.treeSha256,
                prepared: preparedSha256,
              },
            },
          }),
      });
    let runs = ready ? await makeRuns(shop, prepared.path) : undefined;
    if (
      runs !== undefined && prepared !== undefined &&
      (memory?.path ?? null) !== null && renameRefused(runs)
    ) {
      progress({ activity: "without an overlay", state: "start" });
      await removeRuns(shop, runs);
      const host = { ...axisHost, orderReason: RENAMES_SOURCE };
      shop = { ...shop, host, sandbox: makeSandbox(host, places) };
      runs = await makeRuns(shop, prepared.path);
      progress({
        activity: "without an overlay",
        state: "end",
        detail: RENAMES_SOURCE,
      });
    }
    progress({ activity: "comparison", state: "start" });
    const compare = options.compare ??
      (await import("../compare_paths.ts")).comparePaths;
    const artifacts = await compareRuns(shop, {
      targets,
      runs,
      compare,
      options: options.compareOptions ?? {},
      reason: held
        ? prepared?.checks.find(({ status }) => status !== "pass")
        : toolchain.find(({ status }) => status !== "pass"),
    });
    progress({ activity: "comparison", state: "end" });
    const investigation = options.attribute !== true || runs === undefined ||
        prepared === undefined
      ? undefined
      : await investigate(shop, {
        runs,
        artifacts: artifacts.list,
        attribution: artifacts.attribution,
        targets,
        snapshot: `${work}/source`,
        prepared: prepared.path,
        seed,
        compare,
        buildsMax: options.attributionBuildsMax ?? INVESTIGATION_BUILDS_MAX,
      });
    const findings = investigation?.findings ?? [];
    const explained = withCopies(withFindings(artifacts.list, findings), {
      source: snapshot.files,
      prepared: prepared?.files ?? [],
    });
    const fixes = options.proveFixes !== true || runs === undefined ||
        prepared === undefined
      ? undefined
      : await proveFixes(shop, {
        runs,
        artifacts: explained,
        targets,
        snapshot: `${work}/source`,
        prepared: prepared.path,
        compare,
      });
    const repeated = runs === undefined || prepared === undefined ||
        (options.repeats ?? 0) < 1
      ? undefined
      : await repeatControl(shop, {
        control: runs.control,
        count: options.repeats ?? 0,
        targets,
        snapshot: `${work}/source`,
        prepared: prepared.path,
      });
    const published = options.against === undefined ||
        options.against.length === 0
      ? undefined
      : await comparePublished({
        against: options.against,
        artifacts: artifacts.list,
        outputs: outputPaths(runs?.control),
        compare,
        into: `${work}/published`,
        signal: options.signal,
      });
    const checks = [
      ...snapshot.checks,
      // A toolchain that changed under the builds did not make them as locked.
      ...runs === undefined ? toolchain : await lookAtTools(),
      ...prepared?.checks ?? [],
      ...runs === undefined ? [] : buildChecks(runs, findings),
      ...artifacts.checks,
      ...copyChecks(explained),
      ...published?.checks ?? [],
      ...repeated?.checks ?? [],
    ];
    const all = [runs?.control, runs?.varied].filter((run) =>
      run !== undefined
    );
    const replayed = replay === undefined ? undefined : replayOf(replay, {
      runs: all.map(({ evidence }) => evidence),
      artifacts: artifacts.list,
      here: drawAxes(seed, shop.host),
    });
    return {
      result: {
        schemaVersion: 1,
        verdict: worstVerdict([
          ...artifacts.list.map(({ verdict }) => verdict),
          ...repeated?.checks.map(verdictOfCheck) ?? [],
        ]),
        seed,
        source: snapshot.identity,
        recipeSha256,
        lock,
        ...(prepared?.identity === undefined
          ? {}
          : { prepared: prepared.identity }),
        runs: all.map(({ evidence }) => evidence),
        artifacts: explained,
        attribution: [...artifacts.attribution, ...attributionOf(findings)],
        ...(investigation === undefined ? {} : { investigation }),
        ...(fixes === undefined ? {} : { fixes }),
        ...(published === undefined ? {} : { published: published.list }),
        ...(repeated === undefined ? {} : { repeats: repeated.repeats }),
        ...(replayed === undefined ? {} : { replay: replayed.artifacts }),
        checks: [...checks, ...replayed?.checks ?? []],
      },
      recipe,
      outputs: outputPaths(runs?.control),
      variedOutputs: outputPaths(runs?.varied),
      buildMs: runs?.control.buildMs ?? new Map(),
      resources: all.flatMap((run) => run.resources),
      logs: [...prepared?.logs ?? [], ...all.flatMap(({ logs }) => logs)]
        .map(({ name, path, sha256 }) => ({ name, path, sha256 })),
      prepared: prepared?.path ?? null,
      source: `${work}/source`,
      sourceFiles: new Map(
        snapshot.files.map(({ path, sha256 }) => [path, sha256]),
      ),
      [Symbol.asyncDispose]: leave,
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** A check of repeats as a part of the verdict. */
function verdictOfCheck({ status }: Check): ComparisonVerdict {
  return status === "pass"
    ? "identical"
    : status === "fail"
    ? "different"
    : "unchecked";
}

/** Options with everything that evidence says of a run in place. */
function replayOptions(
  given: RebuildOptions,
  replay: ReplayEvidence,
): RebuildOptions {
  return {
    ...given,
    seed: replay.seed,
    // What was read beside the source then must be what is read now.
    lock: replay.prepared === undefined
      ? replay.lock
      : { ...replay.lock, prepared: replay.prepared },
    isolation: replay.runs[0].isolation,
    targets: [...new Set(replay.artifacts.map(({ target }) => target))],
    sourceDateEpoch: replay.source.sourceDateEpoch,
  };
}

function chosenTargets(recipe: Recipe, options: RebuildOptions): string[] {
  const known = Object.keys(recipe.targets);
  for (const name of options.targets ?? []) {
    if (!known.includes(name)) {
      throw new UsageError("usage", "Choosing the targets", {
        expected: `one of ${known.join(", ")}`,
        observed: `"${name}"`,
      });
    }
  }
  return known.filter((name) => options.targets?.includes(name) ?? true);
}

function chosenIsolation(host: Host, options: RebuildOptions): Isolation {
  const reasons = {
    bubblewrap: host.bubblewrap === null ? host.bubblewrapReason : null,
    unshare: host.unshareReason,
    none: null,
  };
  const wanted = options.isolation;
  if (wanted === undefined) {
    return ISOLATIONS.find((level) => reasons[level] === null) ?? "none";
  }
  const reason = reasons[wanted];
  if (reason !== null) {
    throw new UsageError("sandbox-missing", "Setting up the sandbox", {
      expected: `${wanted} that works here`,
      observed: reason,
    });
  }
  return wanted;
}

/** A key inside the source would be handed to every build, as a copy. */
function refuseSecrets(
  files: readonly TreeFile[],
  hidden: readonly string[],
): void {
  for (const path of hidden) {
    // A token may come later, or from what is no file.
    if (!isFile(path)) continue;
    const { sha256 } = readTreeFile(path);
    const copy = files.find((file) => file.sha256 === sha256);
    if (copy === undefined) continue;
    throw new UsageError("source-refused", "Reading the source", {
      expected: "a source without the key that signs the release",
      observed: `the key at "${copy.path}"`,
      next:
        "Move the key out of the project, or have git or source.exclude leave it out.",
    });
  }
}

function makeSandbox(
  host: AxisHost,
  options: ContainedOptions,
): Sandbox {
  switch (host.isolation) {
    case "bubblewrap":
      return new Bubblewrap(host, options);
    case "unshare":
      return new Unshare(host, options);
    case "none":
      return new NoSandbox(host, options.work);
  }
}

async function findTools(
  recipe: Recipe,
  lock: Lock,
  toolchainsFolder: string,
): Promise<Record<string, FoundTool>> {
  const tools: Record<string, FoundTool> = {};
  for (const [name, toolchain] of Object.entries(recipe.toolchains)) {
    if ("executable" in toolchain) {
      tools[name] = await findTool(name, toolchain);
    } else if ("archive" in toolchain) {
      tools[name] = findProvided(name, toolchain, {
        toolchainsFolder,
        locked: lock.toolchains[name],
      });
    }
  }
  return tools;
}

/** Says of axes that they were not varied, or not for everything. */
function withReasons(
  drawn: DrawnAxes,
  reasons: Readonly<Record<string, string | undefined>>,
): DrawnAxes {
  return Object.fromEntries(
    Object.entries(drawn).map(([axis, values]) => {
      const notVaried = reasons[axis];
      return [
        axis,
        notVaried === undefined ? values : { ...values, notVaried },
      ];
    }),
  );
}

function outputPaths(run: Run | undefined): Rebuild["outputs"] {
  return new Map(
    Object.entries(run?.outputs ?? {}).flatMap(([target, outputs]) =>
      Object.entries(outputs).map(([name, { path }]): [string, string] => [
        `${target}/${name}`,
        path,
      ])
    ),
  );
}
