/**
 * Whether the steps of some runs can be what a recipe plans: as many as it has,
 * with its arguments, each ended with 0, and each with the log that it left.
 * Only what was built is held to it.
 *
 * @module
 */

import type { Recipe } from "../../verify/rebuild/recipe.ts";
import type { RunEvidence } from "../../verify/rebuild/result.ts";

/** File name of the log of a step, counted from 0. */
export function logName(run: string, target: string, step: number): string {
  return `${run}-${target}-${step + 1}.log`;
}

/**
 * The first step that does not hold, in words; null when all do.
 *
 * @param logBytes Size of a log by its file name; undefined without a log.
 */
export function wrongStep(
  runs: readonly RunEvidence[],
  recipe: Recipe,
  logBytes: (name: string) => number | undefined,
): string | null {
  const wrong = runs.flatMap((run) =>
    Object.entries(run.targets).flatMap(([target, { outcome, steps }]) => {
      if (outcome !== "built") return [];
      const planned = recipe.targets[target]?.build ?? [];
      return [
        ...steps.length !== planned.length
          ? [`${steps.length} steps of ${run.id} ${target}`]
          : [],
        ...steps.flatMap((step, index) => {
          const holds = step.exitCode === 0 &&
            step.logBytes === logBytes(logName(run.id, target, index)) &&
            isStepOf(planned[index]?.argv ?? [], step.argv);
          return holds ? [] : [`step ${index + 1} of ${run.id} ${target}`];
        }),
      ];
    })
  );
  return wrong[0] ?? null;
}

/** Whether arguments can be those of a step; placeholders stand for any text. */
function isStepOf(
  planned: readonly string[],
  argv: readonly string[],
): boolean {
  return planned.length === argv.length &&
    planned.every((text, index) => text.includes("{") || text === argv[index]);
}

/** Whether every build was given the date that its source names. */
export function datesHold(
  runs: readonly RunEvidence[],
  recipe: Recipe,
  sourceDateEpoch: number,
): boolean {
  // A recipe may set the variable to something of its own.
  return Object.hasOwn(recipe.env, "SOURCE_DATE_EPOCH") ||
    runs.every(({ environment }) =>
      environment.SOURCE_DATE_EPOCH === String(sourceDateEpoch)
    );
}
