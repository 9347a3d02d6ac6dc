/**
 * Percentiles and their uncertainty. A percentile is the nearest rank: the
 * smallest sample that at least that share of the samples does not exceed.
 * How far an improvement can be trusted is told by resampling the pairs of
 * samples (percentile bootstrap, Efron 1979) with a seeded generator, so that
 * the same samples give the same interval everywhere.
 *
 * @module
 */

/** Samples of two sides that took turns; pairs have the same index. */
export interface PairedSamples {
  readonly reference: readonly number[];
  readonly artifact: readonly number[];
}

/** A percentile of the improvement in per cent, with its interval. */
export interface Improvement {
  readonly value: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;
const TAIL = 0.025;

/** The nearest-rank percentile; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/**
 * Least number of samples for a percentile: with fewer it is only the largest
 * sample under another name. Never fewer than ten.
 */
export function samplesNeeded(share: number): number {
  return Math.max(10, Math.ceil(1 / (1 - share) - 1e-9));
}

/**
 * The value that a share of the samples reaches or beats: of times the
 * percentile; of rates, where more is better, the one from below.
 */
export function reached(
  samples: readonly number[],
  share: number,
  better: "lower" | "higher" = "lower",
): number {
  return better === "lower"
    ? percentile(samples, share)
    : -percentile(samples.map((value) => -value), share);
}

/**
 * How much better the artifact is than its reference at a percentile, in per
 * cent of the reference.
 */
export function improvement(
  samples: PairedSamples,
  share: number,
  better: "lower" | "higher" = "lower",
): Improvement {
  const { reference, artifact } = samples;
  const count = Math.min(reference.length, artifact.length);
  const at = (a: readonly number[], b: readonly number[]) => {
    const base = reached(a, share, better);
    const gain = base - reached(b, share, better);
    return 100 * (better === "lower" ? gain : -gain) / base;
  };
  const next = generator(count);
  const values = Array.from({ length: count === 0 ? 0 : RESAMPLES }, () => {
    const picks = Array.from({ length: count }, () => next() % count);
    const pick = (from: readonly number[]) =>
      picks.map((index) => from[index] ?? NaN);
    return at(pick(reference), pick(artifact));
  });
  return {
    value: at(reference, artifact),
    low: percentile(values, TAIL),
    high: percentile(values, 1 - TAIL),
  };
}

/** xorshift32 (Marsaglia 2003): unsigned integers of 32 bits. */
function generator(seed: number): () => number {
  let state = (seed + 1) * 2654435761 >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
