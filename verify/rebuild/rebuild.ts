/**
 * Rebuilding: is what a recipe builds a function of its source and pinned
 * toolchains alone?
 *
 * 1. recipe and lock are read; 2. toolchains are held against the lock, and
 * drift ends it there; 3. the source is copied and identified; 4. `prepare`
 * runs once; 5. a control and a varied run build every target, in
 * surroundings drawn from a seed; 6. their artifacts are compared and
 * differences traced to axes.
 *
 * A build that failed, or was never made, leaves its artifacts `unchecked`;
 * it is never said to differ. The runs begin at least a second apart, so that
 * a clock read in whole seconds differs even where it cannot be shifted.
 *
 * @module
 */

import type { Check } from "../check.ts";
import type { CompareOptions, Comparison } from "../compare/comparison.ts";
import { UsageError } from "../error.ts";
import { worstVerdict } from "../verdict.ts";
import { attribute, withCauses } from "./attribution.ts";
import type { AxisHost } from "./axis/axis.ts";
import { drawAxes, type DrawnAxes } from "./axis/mod.ts";
import { buildRun, type Run } from "./build_run.ts";
import { checkLock } from "./check_lock.ts";
import { withClocks } from "./clock.ts";
import { type Host, inspectHost } from "./host.ts";
import type { Lock } from "./lock.ts";
import { prepare } from "./prepare.ts";
import type { ProgressListener } from "./progress.ts";
import { freshSeed } from "./random.ts";
import { readLock, readRecipe } from "./read_recipe.ts";
import type { Recipe } from "./recipe.ts";
import type { Isolation, RebuildResult, RebuiltArtifact } from "./result.ts";
import { Bubblewrap } from "./sandbox/bubblewrap.ts";
import { NoSandbox } from "./sandbox/none.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { Watchdog } from "./sandbox/watchdog.ts";
import { snapshotSource } from "./source.ts";
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
  /** Targets to build; all of the recipe when absent. */
  readonly targets?: readonly string[] | undefined;
  /** New directory to work in; it is then kept. */
  readonly workDirectory?: string | undefined;
  /** Paths that no sandboxed build may read, wherever they lie: keys. */
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
  /** Least time between the starts of the runs, for tests. */
  readonly runDistanceMs?: number | undefined;
}

/** Compares two files on disk. */
export type CompareFunction = (
  left: string,
  right: string,
  options: CompareOptions,
) => Promise<Comparison>;

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
  /** The log of every step. */
  readonly logs: readonly RebuildLog[];
  /** Directory that `prepare` filled, or null when nothing was built. */
  readonly prepared: string | null;
  /** Snapshot of the source that was built. */
  readonly source: string;
}

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
  options: RebuildOptions = {},
): Promise<Rebuild> {
  const recipe = readRecipe(recipeDirectory);
  const lock = options.lock ?? readLock(recipeDirectory);
  const targets = chosenTargets(recipe, options);
  const host = await inspectHost();
  const isolation = chosenIsolation(host, options);
  const axisHost: AxisHost = { ...host, isolation };
  const keep = options.workDirectory !== undefined;
  const work = makeWorkDirectory(options.workDirectory);
  const watchdog = new Watchdog(work, { shell: host.shell, remove: !keep });
  const leave = async () => {
    if (!keep) await removeTree(work);
    await watchdog[Symbol.asyncDispose]();
  };
  try {
    const toolchain = await checkLock(recipe, lock, {
      recipeDirectory,
      signal: options.signal,
    });
    const snapshot = await snapshotSource(recipeDirectory, recipe, {
      into: `${work}/source`,
      sourceDateEpoch: options.sourceDateEpoch,
      signal: options.signal,
    });
    const held = toolchain.every(({ status }) => status === "pass");
    for (const name of ["logs", "bin"]) Deno.mkdirSync(`${work}/${name}`);
    const sandbox = makeSandbox(axisHost, {
      work,
      hidden: [recipeDirectory, ...options.hidden ?? []],
    });
    const found = held ? await findTools(recipe) : {};
    const clocked = host.faketime === null
      ? { tools: found, notVaried: undefined }
      : withClocks(found, { into: `${work}/bin`, inside: sandbox.scripts });
    const shop: Workshop = {
      recipe,
      lock,
      tools: clocked.tools,
      host: axisHost,
      sandbox,
      watchdog,
      work,
      logs: `${work}/logs`,
      sourceDateEpoch: snapshot.identity.sourceDateEpoch,
      progress: options.progress ?? (() => {}),
      signal: options.signal,
    };
    const seed = options.seed ?? freshSeed();
    const prepared = held ? await prepare(shop, `${work}/source`) : undefined;
    const ready = prepared !== undefined &&
      prepared.checks.every(({ gate, status }) =>
        gate !== "build" || status === "pass"
      );
    const runs = ready
      ? await buildRuns(shop, {
        drawn: withReason(
          drawAxes(seed, axisHost),
          "time",
          clocked.notVaried,
        ),
        targets,
        snapshot: `${work}/source`,
        prepared: prepared.path,
        options,
      })
      : undefined;
    const artifacts = await compareRuns(shop, {
      targets,
      runs,
      options,
      reason: held
        ? prepared?.checks.find(({ status }) => status !== "pass")
        : toolchain.find(({ status }) => status !== "pass"),
    });
    const checks = [
      ...snapshot.checks,
      ...toolchain,
      ...prepared?.checks ?? [],
      ...runs === undefined ? [] : buildChecks(runs),
      ...artifacts.checks,
    ];
    const all = [runs?.control, runs?.varied].filter((run) =>
      run !== undefined
    );
    return {
      result: {
        schemaVersion: 1,
        verdict: worstVerdict(
          artifacts.list.map(({ verdict }) => verdict),
        ),
        seed,
        source: snapshot.identity,
        lock,
        runs: all.map(({ evidence }) => evidence),
        artifacts: artifacts.list,
        attribution: artifacts.attribution,
        checks,
      },
      recipe,
      outputs: outputPaths(runs?.control),
      variedOutputs: outputPaths(runs?.varied),
      logs: [...prepared?.logs ?? [], ...all.flatMap(({ logs }) => logs)]
        .map(({ name, path, sha256 }) => ({ name, path, sha256 })),
      prepared: prepared?.path ?? null,
      source: `${work}/source`,
      [Symbol.asyncDispose]: leave,
    };
  } catch (error) {
    await leave();
    throw error;
  }
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
  if (options.isolation === "bubblewrap" && host.bubblewrap === null) {
    throw new UsageError("sandbox-missing", "Setting up the sandbox", {
      expected: "bubblewrap that works here",
      observed: host.bubblewrapReason,
    });
  }
  return options.isolation ??
    (host.bubblewrap === null ? "none" : "bubblewrap");
}

function makeSandbox(
  host: AxisHost,
  options: { readonly work: string; readonly hidden: readonly string[] },
): Sandbox {
  const { bubblewrap } = host;
  return host.isolation === "none" || bubblewrap === null
    ? new NoSandbox(host, options.work)
    : new Bubblewrap({ ...host, bubblewrap }, options);
}

async function findTools(recipe: Recipe): Promise<Record<string, FoundTool>> {
  const tools: Record<string, FoundTool> = {};
  for (const [name, toolchain] of Object.entries(recipe.toolchains)) {
    if ("executable" in toolchain) {
      tools[name] = await findTool(name, toolchain);
    }
  }
  return tools;
}

/** Says of an axis that it was not varied for everything. */
function withReason(
  drawn: DrawnAxes,
  axis: string,
  reason: string | undefined,
): DrawnAxes {
  const values = drawn[axis];
  return reason === undefined || values === undefined
    ? drawn
    : { ...drawn, [axis]: { ...values, notVaried: reason } };
}

interface Runs {
  readonly control: Run;
  readonly varied: Run;
}

interface RunsPlan {
  readonly drawn: DrawnAxes;
  readonly targets: readonly string[];
  readonly snapshot: string;
  readonly prepared: string;
  readonly options: RebuildOptions;
}

/** Builds both runs; when one throws, the other is ended first. */
async function buildRuns(shop: Workshop, plan: RunsPlan): Promise<Runs> {
  const { options, drawn, targets, snapshot, prepared } = plan;
  const stop = new AbortController();
  const signal = options.signal === undefined
    ? stop.signal
    : AbortSignal.any([stop.signal, options.signal]);
  const linked: Workshop = { ...shop, signal };
  const notVaried = Object.fromEntries(
    Object.entries(drawn).flatMap(([name, { notVaried }]) =>
      notVaried === undefined ? [] : [[name, notVaried]]
    ),
  );
  const run = async (id: "control" | "varied"): Promise<Run> => {
    try {
      const axes = Object.fromEntries(
        Object.entries(drawn).map(([name, values]) => [name, values[id]]),
      );
      return await buildRun(linked, {
        id,
        axes,
        notVaried,
        targets,
        snapshot,
        prepared,
      });
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const distance = pause(options.runDistanceMs ?? RUN_DISTANCE_MS, signal);
  const cores = Math.max(1, shop.host.processors.length);
  const together = (options.jobs ?? Math.min(2, cores)) > 1;
  const control = run("control");
  if (!together) await Promise.allSettled([control]);
  const varied = (async () => {
    await distance;
    return await run("varied");
  })();
  const [first, second] = await Promise.allSettled([control, varied]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return { control: first.value, varied: second.value };
}

/** Waits; an abort ends the wait, and whoever comes next sees the abort. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

/** Checks of both builds, saying where only the varied one failed. */
function buildChecks({ control, varied }: Runs): Check[] {
  return [
    ...control.checks,
    ...varied.checks.map((check): Check => {
      const built = control.evidence.targets[check.subject]?.outcome;
      return built === "built" && check.status === "unchecked" &&
          check.code === "build-failed"
        ? { ...check, code: "build-failed-when-varied" }
        : check;
    }),
  ];
}

interface Compared {
  readonly list: RebuiltArtifact[];
  readonly checks: Check[];
  readonly attribution: RebuildResult["attribution"];
}

interface CompareInput {
  readonly targets: readonly string[];
  readonly runs: Runs | undefined;
  readonly options: RebuildOptions;
  /** Check that kept the runs from happening. */
  readonly reason: Check | undefined;
}

async function compareRuns(
  shop: Workshop,
  input: CompareInput,
): Promise<Compared> {
  const { runs, options } = input;
  const list: RebuiltArtifact[] = [];
  const checks: Check[] = [];
  const attribution: RebuildResult["attribution"][number][] = [];
  const compare = options.compare ??
    (await import("../compare_paths.ts")).comparePaths;
  for (const target of input.targets) {
    for (const { name } of shop.recipe.targets[target]?.artifacts ?? []) {
      const subject = `${target}/${name}`;
      const left = runs?.control.outputs[target]?.[name];
      const right = runs?.varied.outputs[target]?.[name];
      const base = {
        id: `reproducibility/${subject}`,
        gate: "reproducibility",
        subject,
        expected: "identical or equivalent",
      } as const;
      const artifact = {
        name,
        target,
        sha256: left?.sha256 ?? null,
        size: left?.size ?? null,
      };
      if (runs === undefined || left === undefined || right === undefined) {
        const reason = runs === undefined
          ? input.reason
          : buildChecks(runs).find((check) =>
            check.subject === target && check.status !== "pass" &&
            check.code !== "build-left-process"
          );
        list.push({
          ...artifact,
          verdict: "unchecked",
          differences: [],
          comparison: null,
        });
        checks.push({
          ...base,
          code: reason?.code ?? "build-output-missing",
          status: "unchecked",
          observed: reason === undefined
            ? "nothing to compare"
            : `unchecked, because ${reason.id} is ${reason.status}`,
          evidence: [],
        });
        continue;
      }
      const comparison = await compare(left.path, right.path, {
        ...options.compareOptions,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const causes = comparison.differences.length === 0 ? [] : attribute({
        artifact: subject,
        differences: comparison.differences,
        left: left.path,
        right: right.path,
        control: {
          axes: runs.control.evidence.axes,
          window: runs.control.window,
        },
        varied: { axes: runs.varied.evidence.axes, window: runs.varied.window },
        work: shop.work,
      });
      attribution.push(...causes);
      const differences = withCauses(comparison.differences, causes);
      const shown: Comparison = {
        ...comparison,
        left: { ...comparison.left, path: `control/${subject}` },
        right: { ...comparison.right, path: `varied/${subject}` },
        differences,
      };
      list.push({
        ...artifact,
        verdict: comparison.verdict,
        differences,
        comparison: shown,
      });
      checks.push({
        ...base,
        code: "not-reproducible",
        status: comparison.verdict === "identical" ||
            comparison.verdict === "equivalent"
          ? "pass"
          : comparison.verdict === "different"
          ? "fail"
          : "unchecked",
        observed: comparison.verdict,
        evidence: [
          { name: `control ${subject}`, sha256: left.sha256 },
          { name: `varied ${subject}`, sha256: right.sha256 },
        ],
      });
    }
  }
  return { list, checks, attribution };
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
