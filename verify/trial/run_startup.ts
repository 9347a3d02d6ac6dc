/**
 * The start-up trial of one target, from recipe to samples.
 *
 * @module
 */

import type { PlaceholderValues } from "../rebuild/placeholder.ts";
import { expander } from "./run_smoke.ts";
import { runStage, type StageOptions, type StageRun } from "./run_stage.ts";
import type { Startup } from "./startup_recipe.ts";

/**
 * Times both sides of a target.
 *
 * @param values Of the placeholders, but for directories.
 * @throws {UsageError} `recipe-invalid` for a placeholder without a value.
 */
export function runStartupTrial(
  startup: Startup,
  values: PlaceholderValues,
  options: StageOptions,
): Promise<StageRun> {
  return runStage((place) => {
    const expand = expander(place, values);
    const { reference, artifact, ...rest } = startup;
    return {
      kind: "startup",
      place,
      ...rest,
      reference: { ...expand(reference), stdin: "" },
      artifact: { ...expand(artifact), stdin: "" },
    };
  }, options);
}
