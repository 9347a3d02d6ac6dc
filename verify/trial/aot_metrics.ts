/**
 * Start-up figures as `aot_perf_metrics.json` (schema version 1) holds them:
 * samples in milliseconds of the just-in-time and the compiled side under
 * `cold_start_ms`, with nearest-rank percentiles. Percentiles are ours to
 * compute from the samples; those in a file that we read count for nothing.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { parseStrictJson } from "../strict_json.ts";
import { improvement, type PairedSamples, percentile } from "./percentile.ts";

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Writes samples in that form. */
export function formatAotMetrics(samples: PairedSamples): string {
  const side = (values: readonly number[]) => ({
    samples: values,
    ...each((share) => percentile(values, share)),
  });
  return `${
    JSON.stringify(
      {
        schema_version: 1,
        benchmark_context: { samples: samples.artifact.length },
        cold_start_ms: {
          jit_native: side(samples.reference),
          aot: side(samples.artifact),
          improvement_pct: each((share) => improvement(samples, share).value),
        },
      },
      null,
      2,
    )
  }\n`;
}

/**
 * Reads the samples of such a file.
 *
 * @throws {ReproofError} `metrics-missing`, `metrics-not-a-number` or
 * `metrics-negative` at the first value that is no figure; `json-invalid`.
 */
export function parseAotMetrics(
  bytes: Uint8Array,
  what: string,
): PairedSamples {
  const text = new TextDecoder().decode(bytes);
  // Some writers put NaN and Infinity where JSON has no such words.
  if (/[:[,]\s*-?(?:NaN|Infinity|nan|inf)\b/.test(text)) {
    throw wrong("metrics-not-a-number", what, "NaN or Infinity");
  }
  const file = Object(parseStrictJson(bytes, what));
  if (file.schema_version !== 1) {
    throw wrong("metrics-missing", what, "no schema_version 1");
  }
  const side = (name: string) => {
    const list = Object(Object(file.cold_start_ms)[name]).samples;
    if (!Array.isArray(list) || list.length === 0) {
      throw wrong("metrics-missing", what, `no samples of ${name}`);
    }
    for (const [index, value] of list.entries()) {
      const at = `sample ${index + 1} of ${name}`;
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
  const samples = { reference: side("jit_native"), artifact: side("aot") };
  if (samples.reference.length !== samples.artifact.length) {
    throw wrong("metrics-missing", what, "as many samples on both sides");
  }
  return samples;
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
