/**
 * The parity trial of one target, from recipe to findings.
 *
 * @module
 */

import type { PlaceholderValues } from "../rebuild/placeholder.ts";
import type { Parity } from "./parity_recipe.ts";
import { expander } from "./run_smoke.ts";
import { readableFolders, referenceFinding } from "./reference.ts";
import {
  runStage,
  type StageOptions,
  type StageRun,
  withFindings,
} from "./run_stage.ts";
import type { Finding } from "./stage/script.ts";

/**
 * Runs the cases of a target.
 *
 * @param values Of the placeholders, but for directories.
 * @throws {UsageError} `recipe-invalid` for a placeholder without a value.
 */
export async function runParityTrial(
  parity: Parity,
  values: PlaceholderValues,
  options: StageOptions,
): Promise<StageRun> {
  const found: Finding[] = [];
  const run = await runStage((place) => {
    const expand = expander(place, values);
    const { cases, reference, artifact, masks, caseWallMs } = parity;
    found.push(referenceFinding(expand(reference), {
      artifact: values.artifact ?? "",
      folders: readableFolders(values, options),
    }));
    return {
      kind: "parity",
      place,
      cases: "command" in cases ? { command: expand(cases.command) } : cases,
      reference: expand(reference),
      artifact: expand(artifact),
      masks,
      caseWallMs,
    };
  }, options);
  return withFindings(run, found);
}
