/**
 * What a start-up trial measures of both sides, under which name
 * `aot_perf_metrics.json` keeps it, and which way is better.
 *
 * @module
 */

import type { PairedSamples } from "./percentile.ts";

/** How a measure is written and read. */
interface MeasureForm {
  /** Member of `aot_perf_metrics.json`; the last two are rates. */
  readonly key: string;
  /** In the words of a report, unit included. */
  readonly words: string;
  readonly better: "lower" | "higher";
}

/** Every measure, the one that is always there first. */
export const MEASURES = {
  /** From start to exit of a command. */
  exit: { key: "cold_start_ms", words: "start to exit, ms", better: "lower" },
  /** From start to the first line on standard output. */
  firstLine: {
    key: "first_line_ms",
    words: "start to first line, ms",
    better: "lower",
  },
  /** From start of a host until it is ready. */
  ready: { key: "ready_ms", words: "start to ready, ms", better: "lower" },
  /** Requests that a warm host answers in a second. */
  requests: {
    key: "steady_state_requests_per_sec",
    words: "requests per second",
    better: "higher",
  },
  /** Runs of a command in a second, as others measure them. */
  runs: {
    key: "steady_state_cli_runs_per_sec",
    words: "runs per second",
    better: "higher",
  },
} as const satisfies Record<string, MeasureForm>;

/** Name of a measure. */
export type Measure = keyof typeof MEASURES;

/** Names of the measures. */
export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** Samples of both sides: of starts to exit, and of what else was measured. */
export interface StartupSamples
  extends
    PairedSamples,
    Readonly<Partial<Record<Exclude<Measure, "exit">, PairedSamples>>> {}

/** The samples of one measure, if there are any. */
export function samplesOf(
  samples: StartupSamples,
  measure: Measure,
): PairedSamples | undefined {
  return measure === "exit" ? samples : samples[measure];
}
