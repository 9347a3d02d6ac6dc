/**
 * One run: every target of the recipe built in one set of surroundings, from
 * a fresh copy of the source with fixed times. Targets share the copy and the
 * home; the places of a target's artifacts are cleared before it is built and
 * its artifacts are taken out right after, so that no target passes off
 * another's file as its own.
 *
 * @module
 */

import type { Check } from "../check.ts";
import { buildCode, buildOutcome } from "./build_code.ts";
import { clearOutputs, collectOutputs, type Output } from "./outputs.ts";
import type {
  BuildOutcome,
  ResourceUse,
  RunEvidence,
  StepEvidence,
} from "./result.ts";
import type { StepResult } from "./run_step.ts";
import { surroundingsOf } from "./axis/mod.ts";
import { placeSource } from "./sandbox/ordered_source.ts";
import type { Log } from "./step_log.ts";
import { copyTree } from "./tree.ts";
import { removeTree } from "./work_directory.ts";
import {
  type Bench,
  benchValues,
  benchVariables,
  expandAll,
  runPlannedStep,
  setUpBench,
  stepLimits,
  type Workshop,
} from "./workshop.ts";

/** What one run is to be. */
export interface RunPlan {
  readonly id: string;
  /** Value of each axis. */
  readonly axes: Readonly<Record<string, string>>;
  readonly notVaried: Readonly<Record<string, string>>;
  /** Names of the targets to build. */
  readonly targets: readonly string[];
  /** Directory of the source's snapshot. */
  readonly snapshot: string;
  /** Directory that `prepare` filled. */
  readonly prepared: string;
}

/** What became of a run. */
export interface Run {
  readonly evidence: RunEvidence;
  /** Artifacts by target and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Output>>>>;
  readonly checks: readonly Check[];
  readonly logs: readonly (Log & { readonly name: string })[];
  /** Start and end, milliseconds since 1970. */
  readonly window: readonly [number, number];
  /** Wall time of each target's steps, in milliseconds. */
  readonly buildMs: ReadonlyMap<string, number>;
  /** What each step used. */
  readonly resources: readonly ResourceUse[];
}

interface TargetRun {
  readonly outcome: BuildOutcome;
  readonly steps: StepEvidence[];
  readonly outputs: Readonly<Record<string, Output>>;
  readonly checks: Check[];
  readonly logs: (Log & { readonly name: string })[];
  readonly resources: ResourceUse[];
}

/** Builds every target once. */
export async function buildRun(shop: Workshop, plan: RunPlan): Promise<Run> {
  const start = Date.now();
  const surroundings = surroundingsOf(plan.axes, shop.host);
  const { signal } = shop;
  // Without a sandbox a later run has the very places of an earlier one.
  const { source, prepared, home, temporary } = shop.sandbox.places(
    plan.id,
    surroundings,
  );
  for (const path of [source, prepared, home, temporary]) {
    await removeTree(path);
  }
  const bench = setUpBench(shop, plan.id, surroundings);
  await placeSource(plan.snapshot, bench.places, {
    mtime: shop.sourceDateEpoch + surroundings.sourceTimeOffset,
    backwards: surroundings.copied === "backwards",
    signal,
  });
  await copyTree(plan.prepared, bench.places.prepared, {
    mtime: shop.sourceDateEpoch,
    plainModes: true,
    signal,
  });
  const targets: Record<string, TargetRun> = {};
  const buildMs = new Map<string, number>();
  for (const name of plan.targets) {
    const activity = `${plan.id} ${name}`;
    shop.progress({ activity, state: "start" });
    const begun = Date.now();
    const target = await buildTarget(shop, bench, { plan, name });
    buildMs.set(name, Date.now() - begun);
    targets[name] = target;
    shop.progress({ activity, state: "end", detail: target.outcome });
  }
  if (bench.places.below !== undefined) await removeTree(bench.places.below);
  const runs = Object.values(targets);
  return {
    evidence: {
      id: plan.id,
      isolation: shop.sandbox.isolation,
      axes: plan.axes,
      notVaried: plan.notVaried,
      outcome: runs.find(({ outcome }) => outcome !== "built")?.outcome ??
        (runs.length === 0 ? "not-run" : "built"),
      environment: maskAll(
        shop,
        benchVariables(shop, bench, {
          ...benchValues(shop, bench),
          target: "{target}",
        }),
      ),
      targets: Object.fromEntries(
        Object.entries(targets).map((
          [name, { outcome, steps }],
        ) => [name, { outcome, steps }]),
      ),
    },
    outputs: Object.fromEntries(
      Object.entries(targets).map(([name, { outputs }]) => [name, outputs]),
    ),
    checks: runs.flatMap(({ checks }) => checks),
    logs: runs.flatMap(({ logs }) => logs),
    window: [start, Date.now()],
    buildMs,
    resources: runs.flatMap(({ resources }) => resources),
  };
}

async function buildTarget(
  shop: Workshop,
  bench: Bench,
  options: { readonly plan: RunPlan; readonly name: string },
): Promise<TargetRun> {
  const { plan, name } = options;
  const target = shop.recipe.targets[name];
  if (target === undefined) throw new RangeError(`no target ${name}`);
  const at = `$.targets.${name}`;
  const placeholders = { ...benchValues(shop, bench), target: name };
  const env = {
    ...benchVariables(shop, bench, placeholders),
    ...expandAll(target.env, placeholders, `${at}.env`),
  };
  const run: TargetRun = {
    outcome: "built",
    steps: [],
    outputs: {},
    checks: [],
    logs: [],
    resources: [],
  };
  const build = (
    values: Pick<Check, "code" | "expected" | "observed"> & {
      readonly status: Check["status"];
      readonly suffix?: string;
    },
  ): Check => ({
    id: `build/${plan.id}/${name}${values.suffix ?? ""}`,
    gate: "build",
    code: values.code,
    subject: name,
    status: values.status,
    expected: values.expected,
    observed: values.observed,
    evidence: run.logs.map(({ name, sha256 }) => ({ name, sha256 })),
  });
  clearOutputs(bench.places.source, target);
  for (const [index, step] of target.build.entries()) {
    const log = `${plan.id}-${name}-${index + 1}`;
    const { argv, cwd, result } = await runPlannedStep(shop, bench, {
      step,
      what: `${at}.build[${index}]`,
      log,
      values: placeholders,
      env,
      network: false,
    });
    run.logs.push({ name: `${log}.log`, ...result.log });
    run.resources.push({
      run: plan.id,
      target: name,
      step: index + 1,
      ...result.resources,
    });
    run.steps.push({
      argv: argv.map((text) => mask(shop, text)),
      cwd: mask(shop, cwd),
      exitCode: result.exitCode,
      logSha256: result.log.sha256,
      logBytes: result.log.bytes,
    });
    if (result.left.length > 0) {
      run.checks.push(build({
        code: "build-left-process",
        status: "fail",
        expected: "no process left when a step is over",
        observed: result.left.slice(0, 8).join(", "),
        suffix: `/${index + 1}/processes`,
      }));
    }
    const network = networkProblem(shop, result);
    if (network !== undefined) {
      run.checks.push(build({
        ...network,
        suffix: `/${index + 1}/network`,
      }));
    }
    if (result.end !== "exited" || result.exitCode !== 0) {
      const step = `step ${index + 1} of ${target.build.length}`;
      run.checks.push(build({
        code: buildCode(result.end),
        status: "unchecked",
        expected: result.expected,
        observed: `${result.observed} in ${step}`,
      }));
      return { ...run, outcome: buildOutcome(result.end) };
    }
  }
  const { outputs, problems } = collectOutputs(target, {
    source: bench.places.source,
    into: `${shop.work}/outputs/${plan.id}/${name}`,
    bytesMax: stepLimits(shop.recipe).treeBytes,
  });
  for (const problem of problems) {
    run.checks.push(build({
      ...problem,
      status: problem.code === "build-output-empty" ? "fail" : "unchecked",
      suffix: `/${problem.artifact}`,
    }));
  }
  if (problems.length > 0) {
    return { ...run, outputs, outcome: "output-missing" };
  }
  run.checks.push(build({
    code: "build-failed",
    status: "pass",
    expected: "exit code 0 and every artifact",
    observed: "exit code 0 and every artifact",
  }));
  return { ...run, outputs };
}

/** What there is to say of the network of a step that ended by itself. */
function networkProblem(
  shop: Workshop,
  { end, network }: StepResult,
): Pick<Check, "code" | "status" | "expected" | "observed"> | undefined {
  if (shop.sandbox.isolation === "none" || end !== "exited") return undefined;
  const expected = "no attempt to use the network";
  if (network === null) {
    return {
      code: "build-network-unknown",
      status: "unchecked",
      expected,
      observed: "no counters of the network namespace",
    };
  }
  const observed = [
    ...(network.unreachable > 0 ? ["packets or connections to elsewhere"] : []),
    ...(network.refused > 0
      ? ["connections to the loopback that nobody takes"]
      : []),
  ];
  // The counts themselves are left out: retries make them differ.
  return observed.length === 0 ? undefined : {
    code: "build-network-attempt",
    status: "fail",
    expected,
    observed: observed.join(", "),
  };
}

/** Shows a path of the rebuild's directory the same in every rebuild. */
function mask(shop: Workshop, text: string): string {
  return text.replaceAll(shop.work, "{work}");
}

function maskAll(
  shop: Workshop,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, value]) => [name, mask(shop, value)]),
  );
}
