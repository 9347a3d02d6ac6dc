/**
 * The logs of the control run that gates read, by the names that they have in
 * a release.
 *
 * @module
 */

import type { CacheKind } from "../verify/log/cache_hits.ts";
import type { readLog } from "../verify/log/read_log.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";

/** A log that the recipe says how to read. */
export interface StepLog {
  readonly target: string;
  readonly step: number;
  readonly kind: Parameters<typeof readLog>[1]["kind"];
  readonly project: string;
}

/** The logs of the control run that are read for warnings, by file name. */
export function stepLogs(recipe: Recipe): Map<string, StepLog> {
  return new Map(
    Object.entries(recipe.targets).flatMap(([target, { build }]) =>
      build.flatMap(({ log }, index) =>
        log === undefined ? [] : [
          [`control-${target}-${index + 1}.log`, {
            target,
            step: index + 1,
            ...log,
          }] as const,
        ]
      )
    ),
  );
}

/** The logs of the control run that tell of caches, by file name. */
export function cacheLogs(
  recipe: Recipe,
): Map<string, { readonly target: string; readonly kind: CacheKind }> {
  return new Map(
    Object.entries(recipe.targets).flatMap(([target, { build }]) =>
      build.flatMap(({ cache }, index) =>
        cache === undefined ? [] : [
          [`control-${target}-${index + 1}.log`, { target, kind: cache }],
        ] as const
      )
    ),
  );
}
