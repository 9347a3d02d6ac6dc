/**
 * The contract trial of one target, from recipe to findings.
 *
 * @module
 */

import type { PlaceholderValues } from "../rebuild/placeholder.ts";
import type { RecipeTarget } from "../rebuild/recipe.ts";
import type { Contract } from "./contract_recipe.ts";
import { expander } from "./run_smoke.ts";
import { runStage, type StageOptions, type StageRun } from "./run_stage.ts";

/** What is asked of a target, and what the artifact's bytes say. */
export interface ContractTrial {
  readonly contract: Contract;
  readonly probe: RecipeTarget["probe"];
  /** The one build-info line in the bytes; null when there is not one. */
  readonly buildInfo: string | null;
}

/**
 * Runs the failures, the trace and the probes of a target.
 *
 * @param values Of the placeholders, but for directories.
 * @throws {UsageError} `recipe-invalid` for a placeholder without a value.
 */
export function runContractTrial(
  { contract, probe, buildInfo }: ContractTrial,
  values: PlaceholderValues,
  options: StageOptions,
): Promise<StageRun> {
  if (buildInfo === null) {
    const why = "the bytes of the artifact do not hold one build-info line";
    return Promise.resolve({ result: null, why, logs: new Map() });
  }
  return runStage((place) => {
    const expand = expander(place, values);
    const { fatal, trace, wallMs } = contract;
    const { failures, ...form } = fatal;
    return {
      kind: "contract",
      place,
      artifact: values.artifact ?? "",
      buildInfo,
      fatal: form,
      failures: failures.map(({ name, code, values, ...command }) => ({
        name,
        code,
        values,
        command: { ...expand(command), stdin: command.stdin },
      })),
      trace: trace === undefined ? null : {
        stream: trace.stream,
        prefix: trace.prefix,
        keys: trace.keys,
        code: trace.code,
        command: { ...expand(trace), stdin: trace.stdin },
      },
      probe: probe === undefined ? null : { ...expand(probe), stdin: "" },
      wallMs,
    };
  }, options);
}
