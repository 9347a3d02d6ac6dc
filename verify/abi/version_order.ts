/**
 * The order of versions of systems and symbols: numbers with dots between,
 * compared number by number; one that is missing is 0.
 *
 * @module
 */

/** Below 0 when `a` is the lower one, 0 when they are the same. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let index = 0; index < length; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
