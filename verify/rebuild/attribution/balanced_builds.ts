/**
 * The builds that a search for causes begins with: each axis is varied in half
 * of them, no two axes in the same half. So of any two axes each is seen varied
 * without the other, and a single axis behind a field is proven when they are
 * made, whatever the number of fields: 6 builds for up to 20 axes, 7 for up to
 * 35 (Sperner's theorem, 1928: the middle binomial coefficient).
 *
 * @module
 */

import type { SeededRandom } from "../random.ts";

/** The axes to vary in each build; which axis gets which half is drawn. */
export function balancedBuilds(
  axes: readonly string[],
  random: SeededRandom,
): ReadonlySet<string>[] {
  let count = 1;
  while (halves(count).length < axes.length) count++;
  const drawn = shuffled(halves(count), random);
  return Array.from(
    { length: count },
    (_, build) =>
      new Set(
        axes.filter((_, axis) => ((drawn[axis] ?? 0) >> build & 1) === 1),
      ),
  );
}

/** Sets of half of the builds, as bits. */
function halves(count: number): number[] {
  const size = Math.floor(count / 2);
  const found: number[] = [];
  for (let set = 0; set < 1 << count; set++) {
    let members = 0;
    for (let bits = set; bits !== 0; bits &= bits - 1) members++;
    if (members === size) found.push(set);
  }
  return found;
}

function shuffled(list: readonly number[], random: SeededRandom): number[] {
  const all = [...list];
  for (let last = all.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [all[last], all[other]] = [all[other] ?? 0, all[last] ?? 0];
  }
  return all;
}
