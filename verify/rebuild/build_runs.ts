/**
 * Both runs of a rebuild, one after the other or at once, and what their
 * builds came to together.
 *
 * @module
 */

import type { Check } from "../check.ts";
import type { DrawnAxes } from "./axis/mod.ts";
import { OUTCOME_PATH } from "./attribution/search_field.ts";
import { buildRun, type Run, type RunPlan } from "./build_run.ts";
import type { RunCache, RunInputs } from "./run_cache.ts";
import type { Finding } from "./result.ts";
import type { Workshop } from "./workshop.ts";

/** The two runs of a rebuild. */
export interface Runs {
  readonly control: Run;
  readonly varied: Run;
}

/** What both runs are to be. */
export interface RunsPlan
  extends Pick<RunPlan, "targets" | "snapshot" | "prepared"> {
  readonly drawn: DrawnAxes;
  /** 1 builds one after the other; more than one at once. */
  readonly jobs: number;
  /** Least time between the starts of the runs. */
  readonly distanceMs: number;
  /** Runs that were made before, and what goes into those of now. */
  readonly cached?: { readonly cache: RunCache; readonly inputs: RunInputs };
}

/** Builds both runs; when one throws, the other is ended first. */
export async function buildRuns(
  shop: Workshop,
  plan: RunsPlan,
): Promise<Runs> {
  const { drawn, targets, snapshot, prepared } = plan;
  const stop = new AbortController();
  const signal = shop.signal === undefined
    ? stop.signal
    : AbortSignal.any([stop.signal, shop.signal]);
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
      const run = { id, axes, notVaried, targets, snapshot, prepared };
      return await cachedRun(linked, run, plan.cached);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const distance = pause(plan.distanceMs, signal);
  const control = run("control");
  if (plan.jobs === 1) await Promise.allSettled([control]);
  const varied = (async () => {
    await distance;
    signal.throwIfAborted();
    return await run("varied");
  })();
  const [first, second] = await Promise.allSettled([control, varied]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return { control: first.value, varied: second.value };
}

/** Takes a run from the cache, or makes and keeps it. */
async function cachedRun(
  shop: Workshop,
  plan: RunPlan,
  cached: RunsPlan["cached"],
): Promise<Run> {
  const key = cached?.cache.key(shop, plan, cached.inputs) ?? null;
  if (cached === undefined || key === null) return await buildRun(shop, plan);
  const known = cached.cache.read(key, shop, plan);
  if (known !== undefined) {
    shop.progress({
      activity: plan.id,
      state: "end",
      detail: "taken from the cache",
    });
    return known;
  }
  const run = await buildRun(shop, plan);
  await cached.cache.write(key, run);
  return run;
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

/**
 * Checks of both builds, saying where only the varied one failed, and which
 * axes broke it as far as builds have shown.
 */
export function buildChecks(
  { control, varied }: Runs,
  findings: readonly Finding[] = [],
): Check[] {
  return [
    ...control.checks,
    ...varied.checks.map((check): Check => {
      const built = control.evidence.targets[check.subject]?.outcome;
      if (
        built !== "built" || check.status !== "unchecked" ||
        check.code !== "build-failed"
      ) return check;
      const cause = findings.find(({ artifact, path }) =>
        artifact === check.subject && path === OUTCOME_PATH
      );
      return {
        ...check,
        code: "build-failed-when-varied",
        observed: cause?.cause === "axes"
          ? `${check.observed}; broken by ${cause.axes.join(" and ")}`
          : check.observed,
      };
    }),
  ];
}
