/**
 * The gate runs the trials that the policy asks for, on the artifacts of the
 * control run, and keeps what they came to. It judges nothing.
 *
 * @module
 */

import { namedTrials } from "../../policy/trial_checks.ts";
import { sha256 } from "../../verify/digest.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { findBuildInfo } from "../../verify/metadata/build_info.ts";
import { machineFacts } from "../../verify/metadata/machine.ts";
import { whyNotRunnable } from "../../verify/metadata/probe.ts";
import { inspectHost } from "../../verify/rebuild/host.ts";
import type { PlaceholderValues } from "../../verify/rebuild/placeholder.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import type { RecipeTarget } from "../../verify/rebuild/recipe.ts";
import { runContainerTrial } from "../../verify/trial/run_container.ts";
import { runContractTrial } from "../../verify/trial/run_contract.ts";
import { readMetricsTrial } from "../../verify/trial/read_metrics.ts";
import { runParityTrial } from "../../verify/trial/run_parity.ts";
import { runStartupTrial } from "../../verify/trial/run_startup.ts";
import { commandsOf } from "../../verify/trial/smoke_recipe.ts";
import { runSmokeTrial } from "../../verify/trial/run_smoke.ts";
import {
  folderOf,
  type StageOptions,
  type StageRun,
} from "../../verify/trial/run_stage.ts";
import { formatAotMetrics } from "../../verify/trial/aot_metrics.ts";
import type {
  Timing,
  Trial,
  TrialKind,
  Trials,
} from "../../verify/trial/trial.ts";
import { metadataValues } from "../artifact_metadata.ts";
import { RELEASE_FILES } from "../layout.ts";
import { startupPlot } from "../report/startup_plot.ts";
import type { GateInputs } from "./inputs.ts";

/** What the trials came to. */
export interface GateTrials {
  /** Null when the policy asks for none. */
  readonly trials: Trials | null;
  /** Measured files to put into the release, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Runs every trial that the policy asks for. */
export async function gateTrials(
  inputs: GateInputs,
  options: {
    readonly rebuilt: Rebuild;
    /** Targets that were built here; no others are run. */
    readonly targets: readonly string[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<GateTrials> {
  const policy = inputs.policy.value;
  const kinds = namedTrials(policy);
  const files = new Map<string, Uint8Array>();
  if (kinds.length === 0) return { trials: null, files };
  const runs = options.rebuilt.result.runs;
  const isolated = runs.every((run) => run.isolation === "bubblewrap");
  const bubblewrap = isolated ? (await inspectHost()).bubblewrap : null;
  const trials: Trial[] = [];
  const timings: Timing[] = [];
  for (const kind of kinds) {
    for (const target of options.targets) {
      const wanted = policy[kind]?.targets;
      if (wanted !== undefined && !wanted.includes(target)) continue;
      const { trial, run } = await tryTarget(inputs, kind, {
        ...options,
        target,
        bubblewrap,
      });
      trials.push(trial);
      if (run === null) continue;
      keepMeasured(files, `${kind}-${target}`, run);
      if (run.result?.samples !== undefined) {
        const timing = { target, ...run.result.samples };
        timings.push(timing);
        files.set(
          `${RELEASE_FILES.measured}/startup-${target}.svg`,
          encoder.encode(startupPlot(timing)),
        );
      }
    }
  }
  return {
    trials: {
      trials,
      measured: [...files].map(([path, bytes]) => ({
        name: path.slice(RELEASE_FILES.measured.length + 1),
        sha256: sha256(bytes),
      })),
      ...(timings.length === 0 ? {} : { timings }),
    },
    files,
  };
}

async function tryTarget(
  inputs: GateInputs,
  kind: TrialKind,
  options: {
    readonly rebuilt: Rebuild;
    readonly signal: AbortSignal | undefined;
    readonly target: string;
    readonly bubblewrap: string | null;
  },
): Promise<{ readonly trial: Trial; readonly run: StageRun | null }> {
  const { rebuilt, target, bubblewrap, signal } = options;
  if (kind === "container") return await tryImage(inputs, options);
  const own = inputs.recipe.value.targets[target];
  const name = own?.artifacts[0]?.name ?? "";
  const path = rebuilt.outputs.get(`${target}/${name}`);
  const built = rebuilt.result.artifacts.find((artifact) =>
    artifact.target === target && artifact.name === name
  );
  const base = {
    kind,
    target,
    isolation: bubblewrap === null ? "none" : "bubblewrap",
    sha256: built?.sha256 ?? null,
    findings: [],
  } as const;
  const start = own === undefined
    ? null
    : starter(kind, own, inputs.recipe.value.buildInfo?.keys ?? []);
  if (start === null) {
    const observed = "none in the recipe";
    return {
      trial: { ...base, outcome: "not-described", observed },
      run: null,
    };
  }
  if (path === undefined || base.sha256 === null) {
    const observed = "it was not built";
    return { trial: { ...base, outcome: "not-run", observed }, run: null };
  }
  const why = start.commands.map((argv) => foreign(argv, path))
    .find((reason) => reason !== null);
  if (why !== undefined && why !== null) {
    const trial = { ...base, outcome: "not-runnable", observed: why } as const;
    return { trial, run: null };
  }
  const run = await start.run(placeholders(inputs, { ...options, path }), {
    bubblewrap,
    source: rebuilt.source,
    shown: [
      folderOf(path),
      ...(rebuilt.prepared === null ? [] : [rebuilt.prepared]),
    ],
    signal,
  });
  const trial: Trial = run.result === null
    ? { ...base, outcome: "not-run", observed: run.why }
    : {
      ...base,
      outcome: "ran",
      observed: run.metrics === undefined ? "ran" : "read from a file",
      findings: run.result.findings,
    };
  return { trial, run };
}

/** Tries the one image of a target; of several none is the one. */
async function tryImage(
  inputs: GateInputs,
  { rebuilt, target, bubblewrap, signal }: {
    readonly rebuilt: Rebuild;
    readonly signal: AbortSignal | undefined;
    readonly target: string;
    readonly bubblewrap: string | null;
  },
): Promise<{ readonly trial: Trial; readonly run: StageRun | null }> {
  const recipe = inputs.recipe.value;
  const artifacts = recipe.targets[target]?.artifacts ?? [];
  const images = artifacts.filter(({ image }) => image !== undefined);
  const [own] = images;
  const path = rebuilt.outputs.get(`${target}/${own?.name}`);
  const base = {
    kind: "container",
    target,
    ...(own === undefined ? {} : { artifact: own.name }),
    isolation: bubblewrap === null ? "none" : "bubblewrap",
    sha256:
      rebuilt.result.artifacts.find((artifact) =>
        artifact.target === target && artifact.name === own?.name
      )?.sha256 ?? null,
    findings: [],
  } as const;
  const open = (outcome: Exclude<Trial["outcome"], "ran">, observed: string) =>
    ({ trial: { ...base, outcome, observed }, run: null }) as const;
  const smoke = own?.image?.smoke;
  if (own?.image === undefined || smoke === undefined || images.length > 1) {
    return open(
      "not-described",
      images.length > 1
        ? `${images.length} images of one target`
        : "no image with steps in the recipe",
    );
  }
  if (path === undefined || base.sha256 === null) {
    return open("not-run", "it was not built");
  }
  const tried = await runContainerTrial(path, {
    recipe: own.image,
    smoke,
    program: artifacts[0]?.name ?? "",
  }, {
    bubblewrap,
    signal,
    values: metadataValues({ recipe, lock: inputs.lock.value }, target),
  });
  if (tried.kind !== "ran") return open(tried.kind, tried.why);
  const { run } = tried;
  return run.result === null ? open("not-run", run.why) : {
    trial: {
      ...base,
      outcome: "ran",
      observed: "ran",
      findings: run.result.findings,
    },
    run,
  };
}

/** How a kind of trial is run on a target; null where none is described. */
function starter(
  kind: Exclude<TrialKind, "container">,
  target: RecipeTarget,
  keys: readonly string[],
): {
  /** Every command of it, placeholders not yet expanded. */
  readonly commands: readonly (readonly string[])[];
  run(values: PlaceholderValues, options: StageOptions): Promise<StageRun>;
} | null {
  const { smoke, parity, contract, probe, startup } = target;
  switch (kind) {
    case "smoke":
      return smoke === undefined ? null : {
        commands: commandsOf(smoke),
        run: (values, options) => runSmokeTrial(smoke, values, options),
      };
    case "parity":
      return parity === undefined ? null : {
        commands: [parity.artifact.argv],
        run: (values, options) => runParityTrial(parity, values, options),
      };
    case "startup":
      if (startup === undefined) return null;
      return "metrics" in startup
        ? {
          commands: [],
          run: (values, { source }) => {
            const buildInfo = buildInfoOf(values, keys);
            return Promise.resolve(
              readMetricsTrial({ startup, buildInfo }, source),
            );
          },
        }
        : {
          commands: [
            startup.artifact.argv,
            ...(startup.host === undefined ? [] : [startup.host.artifact.argv]),
          ],
          run: (values, options) =>
            runStartupTrial(
              { startup, buildInfo: buildInfoOf(values, keys) },
              values,
              options,
            ),
        };
    case "contract":
      return contract === undefined ? null : {
        commands: [
          ...contract.fatal.failures.map((failure) => failure.argv),
          ...(contract.trace === undefined ? [] : [contract.trace.argv]),
        ],
        run: (values, options) =>
          runContractTrial(
            { contract, probe, buildInfo: buildInfoOf(values, keys) },
            values,
            options,
          ),
      };
  }
}

/** The one build-info line in the bytes of the artifact, or null. */
function buildInfoOf(
  values: PlaceholderValues,
  keys: readonly string[],
): string | null {
  using reader = new FileReader(values.artifact ?? "");
  const { lines, cut } = findBuildInfo(reader, keys);
  return lines.length === 1 && !cut ? lines[0]?.line ?? null : null;
}

/** Why this host cannot run a command; null when nothing says so. */
function foreign(argv: readonly string[], path: string): string | null {
  if (argv[0] !== "{artifact}") return null;
  using reader = new FileReader(path);
  return whyNotRunnable({ argv: [path], artifact: path }, machineFacts(reader));
}

function placeholders(
  inputs: GateInputs,
  options: {
    readonly rebuilt: Rebuild;
    readonly target: string;
    readonly path: string;
  },
): PlaceholderValues {
  const { rebuilt, target, path } = options;
  return {
    ...metadataValues(
      { recipe: inputs.recipe.value, lock: inputs.lock.value },
      target,
    ),
    artifact: path,
    artifacts: Object.fromEntries(
      (inputs.recipe.value.targets[target]?.artifacts ?? []).flatMap(
        ({ name }) => {
          const built = rebuilt.outputs.get(`${target}/${name}`);
          return built === undefined ? [] : [[name, built]];
        },
      ),
    ),
    deno: Deno.execPath(),
    sourceDateEpoch: String(rebuilt.result.source.sourceDateEpoch),
    ...(rebuilt.prepared === null ? {} : { prepared: rebuilt.prepared }),
  };
}

function keepMeasured(
  files: Map<string, Uint8Array>,
  name: string,
  run: StageRun,
): void {
  const { measured: figures = {}, samples } = run.result ?? {};
  if (samples !== undefined) {
    files.set(
      `${RELEASE_FILES.measured}/${name}.json`,
      run.metrics ?? encoder.encode(formatAotMetrics(samples)),
    );
    return;
  }
  if (Object.keys(figures).length === 0 && run.logs.size === 0) return;
  const keep = (file: string, bytes: Uint8Array) =>
    files.set(`${RELEASE_FILES.measured}/${name}${file}`, bytes);
  keep(".json", encoder.encode(`${JSON.stringify(figures, null, 2)}\n`));
  for (const [file, bytes] of run.logs) keep(`-${file}`, bytes);
}

const encoder = new TextEncoder();
