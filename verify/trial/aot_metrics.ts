/**
 * Start-up figures as `aot_perf_metrics.json` (schema version 1) holds them:
 * samples of the just-in-time and the compiled side under `cold_start_ms` and
 * the other measures, with nearest-rank percentiles, and the build-info lines
 * of both sides under `benchmark_context`. Percentiles are ours to compute
 * from the samples; those in a file that we read are only held against them.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import { parseStrictJson } from "../strict_json.ts";
import {
  type Measure,
  MEASURE_NAMES,
  MEASURES,
  samplesOf,
  type StartupSamples,
} from "./measures.ts";
import { improvement, type PairedSamples, percentile } from "./percentile.ts";

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
const SIDES = { reference: "jit_native", artifact: "aot" } as const;
/** What writers that round to three places may be off by. */
const ROUNDING = 0.001;

/** What such a file holds. */
export interface AotMetrics {
  readonly samples: StartupSamples;
  /** Build-info lines of the two sides, as the file names them. */
  readonly buildInfo: {
    readonly reference: string | null;
    readonly artifact: string | null;
  };
  /** Stated percentiles that do not follow from the samples. */
  readonly misstated: readonly string[];
}

/** Writes samples in that form. */
export function formatAotMetrics(samples: StartupSamples): string {
  const side = (values: readonly number[]) => ({
    samples: values,
    ...each((share) => percentile(values, share)),
  });
  const measured = MEASURE_NAMES.flatMap((measure) => {
    const own = samplesOf(samples, measure);
    const { key, better } = MEASURES[measure];
    return own === undefined ? [] : [[key, {
      jit_native: side(own.reference),
      aot: side(own.artifact),
      improvement_pct: each((share) => improvement(own, share, better).value),
    }]];
  });
  return `${
    JSON.stringify(
      {
        schema_version: 1,
        benchmark_context: { samples: samples.artifact.length },
        ...Object.fromEntries(measured),
      },
      null,
      2,
    )
  }\n`;
}

/**
 * Reads such a file.
 *
 * @throws {ReproofError} `metrics-missing`, `metrics-not-a-number` or
 * `metrics-negative` at the first value that is no figure; `json-invalid`.
 */
export function parseAotMetrics(bytes: Uint8Array, what: string): AotMetrics {
  const text = new TextDecoder().decode(bytes);
  // Some writers put NaN and Infinity where JSON has no such words.
  if (/[:[,]\s*-?(?:NaN|Infinity|nan|inf)\b/.test(text)) {
    throw wrong("metrics-not-a-number", what, "NaN or Infinity");
  }
  const file = Object(parseStrictJson(bytes, what));
  if (file.schema_version !== 1) {
    throw wrong("metrics-missing", what, "no schema_version 1");
  }
  const exit = pairOf(file, "exit", what);
  const others = MEASURE_NAMES.filter((measure) =>
    measure !== "exit" && Object.hasOwn(file, MEASURES[measure].key)
  ).map((measure) => [measure, pairOf(file, measure, what)] as const);
  const context = Object(file.benchmark_context);
  const line = (value: unknown) => typeof value === "string" ? value : null;
  const samples = { ...exit, ...Object.fromEntries(others) };
  return {
    samples,
    buildInfo: {
      reference: line(context.reference_build_info),
      artifact: line(context.aot_build_info),
    },
    misstated: MEASURE_NAMES.flatMap((measure) =>
      misstated(file, measure, samplesOf(samples, measure))
    ),
  };
}

/** The samples of both sides of one measure. */
function pairOf(
  // deno-lint-ignore no-explicit-any
  file: any,
  measure: Measure,
  what: string,
): PairedSamples {
  const { key } = MEASURES[measure];
  const side = (name: string) => {
    const list = Object(Object(file[key])[name]).samples;
    if (!Array.isArray(list) || list.length === 0) {
      throw wrong("metrics-missing", what, `no samples of ${key}.${name}`);
    }
    if (list.length > LIMITS.trialSamplesMax) {
      throw wrong("metrics-missing", what, `${list.length} samples`);
    }
    for (const [index, value] of list.entries()) {
      const at = `sample ${index + 1} of ${key}.${name}`;
      if (value === null || value === undefined) {
        throw wrong("metrics-missing", what, `${at} without a value`);
      }
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw wrong("metrics-not-a-number", what, at);
      }
      if (value < 0) throw wrong("metrics-negative", what, `${at}: ${value}`);
    }
    return list as number[];
  };
  const pair = {
    reference: side(SIDES.reference),
    artifact: side(SIDES.artifact),
  };
  if (pair.reference.length !== pair.artifact.length) {
    throw wrong("metrics-missing", what, "as many samples on both sides");
  }
  return pair;
}

/** Percentiles of a file that its own samples do not give. */
function misstated(
  // deno-lint-ignore no-explicit-any
  file: any,
  measure: Measure,
  pair: PairedSamples | undefined,
): string[] {
  if (pair === undefined) return [];
  const { key } = MEASURES[measure];
  return (["reference", "artifact"] as const).flatMap((side) =>
    Object.entries(SHARES).flatMap(([name, share]) => {
      const stated = Object(Object(file[key])[SIDES[side]])[name];
      const own = percentile(pair[side], share);
      return stated === undefined ||
          typeof stated === "number" && Math.abs(stated - own) <= ROUNDING
        ? []
        : [
          `${key}.${SIDES[side]}.${name} is ${stated}, its samples give ${own}`,
        ];
    })
  );
}

function wrong(
  code: "metrics-missing" | "metrics-not-a-number" | "metrics-negative",
  what: string,
  observed: string,
): ReproofError {
  return new ReproofError(code, `Reading "${what}"`, {
    expected: "samples in milliseconds of both sides",
    observed,
  });
}

function each(value: (share: number) => number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(SHARES).map(([name, share]) => [name, value(share)]),
  );
}
