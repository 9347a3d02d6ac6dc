/**
 * Percentiles by the nearest rank: the value at position ⌈p·n⌉ of the sorted
 * samples (NIST/SEMATECH e-Handbook, 7.2.6.2), always one that was measured.
 *
 * @module
 */

/**
 * The percentile of samples.
 *
 * @param fraction Above 0, up to 1: 0.95 for the 95th.
 * @returns Null where the percentile would be the highest of too few samples:
 * with fewer than 1 / (1 - fraction) of them it says nothing.
 */
export function percentile(
  samples: readonly number[],
  fraction: number,
): number | null {
  // 1 - 0.95 is a little more than 0.05 in binary.
  const least = Math.ceil(1 / (1 - fraction) - 1e-9);
  if (samples.length === 0 || samples.length < least) return null;
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.ceil(fraction * sorted.length - 1e-9) - 1] ?? null;
}
