/**
 * Whether an artifact starts as much faster than its reference, and answers as
 * much more often, as the policy wants. A threshold holds for the near end of
 * the interval: what is only probably good enough is unchecked, never a pass
 * and never a retry.
 *
 * Figures differ from run to run, so a check that passes names none.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import {
  type Measure,
  MEASURES,
  samplesOf,
  type StartupSamples,
} from "../verify/trial/measures.ts";
import {
  improvement,
  type PairedSamples,
  samplesNeeded,
} from "../verify/trial/percentile.ts";
import type { Policy } from "./policy.ts";

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
const NAMES = ["p50", "p95", "p99"] as const;

/** Thresholds of a policy, how they are called, and what they are held for. */
const THRESHOLDS = [
  ["improvementPct", "", ["exit"]],
  ["firstLinePct", "first-line/", ["firstLine"]],
  ["readyPct", "ready/", ["ready"]],
  ["throughputPct", "throughput/", ["requests", "runs"]],
] as const satisfies readonly (readonly [string, string, readonly Measure[]])[];

/** One check for each threshold that the policy names. */
export function startupChecks(
  target: string,
  samples: StartupSamples | undefined,
  policy: Policy,
): Check[] {
  return THRESHOLDS.flatMap(([threshold, prefix, measures]) => {
    const wanted = policy.startup?.[threshold] ?? {};
    const measure = measures.find((name) =>
      samples !== undefined && samplesOf(samples, name) !== undefined
    ) ?? measures[0];
    const own = samples === undefined ? undefined : samplesOf(samples, measure);
    return NAMES.flatMap((name) => {
      const least = wanted[name];
      if (least === undefined) {
        return [];
      }
      const { words } = MEASURES[measure];
      return [{
        id: `startup/${target}/${prefix}${name}`,
        gate: "startup" as const,
        subject: `${target}/${prefix}${name}`,
        expected:
          `at least ${least} % better than the reference at ${name} (${words})`,
        evidence: [],
        ...judge({ name, least, measure }, own),
      }];
    });
  });
}

function judge(
  { name, least, measure }: {
    readonly name: keyof typeof SHARES;
    readonly least: number;
    readonly measure: Measure;
  },
  samples: PairedSamples | undefined,
): Pick<Check, "code" | "status" | "observed"> {
  const { reference = [], artifact = [] } = samples ?? {};
  const count = Math.min(reference.length, artifact.length);
  const needed = samplesNeeded(SHARES[name]);
  if (count < needed || reference.length !== artifact.length) {
    return {
      code: "startup-too-few-samples",
      status: "unchecked",
      observed: `${count} samples, ${name} needs ${needed}`,
    };
  }
  const figure = (value: number) => Number.isFinite(value) && value > 0;
  if (![...reference, ...artifact].every(figure)) {
    return {
      code: "startup-too-few-samples",
      status: "unchecked",
      observed: "samples that are no figures",
    };
  }
  const { low, high } = improvement(
    { reference, artifact },
    SHARES[name],
    MEASURES[measure].better,
  );
  const interval = `between ${low.toFixed(1)} and ${high.toFixed(1)} %`;
  if (low >= least) {
    return { code: "startup-too-slow", status: "pass", observed: "that" };
  }
  return high < least
    ? { code: "startup-too-slow", status: "fail", observed: interval }
    : { code: "startup-too-noisy", status: "unchecked", observed: interval };
}
