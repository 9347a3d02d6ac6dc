/**
 * Whether an artifact starts as much faster than its reference as the policy
 * wants. A threshold holds for the near end of the interval: what is only
 * probably fast enough is unchecked, never a pass and never a retry.
 *
 * Figures differ from run to run, so a check that passes names none.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import {
  improvement,
  type PairedSamples,
  samplesNeeded,
} from "../verify/trial/percentile.ts";
import type { Policy } from "./policy.ts";

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** One check for each percentile that the policy names. */
export function startupChecks(
  target: string,
  samples: PairedSamples | undefined,
  policy: Policy,
): Check[] {
  const wanted = policy.startup?.improvementPct ?? {};
  return (["p50", "p95", "p99"] as const).flatMap((name) => {
    const least = wanted[name];
    if (least === undefined) return [];
    return [{
      id: `startup/${target}/${name}`,
      gate: "startup" as const,
      subject: `${target}/${name}`,
      expected: `at least ${least} % faster than the reference at ${name}`,
      evidence: [],
      ...judge(name, least, samples),
    }];
  });
}

function judge(
  name: keyof typeof SHARES,
  least: number,
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
  if (![...reference, ...artifact].every((value) => value > 0)) {
    return {
      code: "startup-too-few-samples",
      status: "unchecked",
      observed: "samples that are no times",
    };
  }
  const { low, high } = improvement({ reference, artifact }, SHARES[name]);
  const interval = `between ${low.toFixed(1)} and ${high.toFixed(1)} %`;
  if (low >= least) {
    return { code: "startup-too-slow", status: "pass", observed: "that" };
  }
  return high < least
    ? { code: "startup-too-slow", status: "fail", observed: interval }
    : { code: "startup-too-noisy", status: "unchecked", observed: interval };
}
