/**
 * The smoke trial of one target, from recipe to findings.
 *
 * @module
 */

import {
  expandPlaceholders,
  type PlaceholderValues,
} from "../rebuild/placeholder.ts";
import { givePorts } from "./ports.ts";
import { runStage, type StageOptions, type StageRun } from "./run_stage.ts";
import { mapCommand, type Smoke } from "./smoke_recipe.ts";
import type { StagePlace } from "./stage/script.ts";

/**
 * Runs the hosts and steps of a target.
 *
 * @param values Of the placeholders, but for ports and directories.
 * @throws {UsageError} `recipe-invalid` for a placeholder without a value.
 */
export function runSmokeTrial(
  smoke: Smoke,
  values: PlaceholderValues,
  options: StageOptions,
): Promise<StageRun> {
  return runStage((place) => {
    const ports = givePorts(
      Object.values(smoke.hosts).flatMap((host) => host.ports),
      { isolated: place.isolated },
    );
    const expand = expander(place, {
      ...values,
      port: Object.fromEntries(
        Object.entries(ports).map(([name, port]) => [name, String(port)]),
      ),
    });
    return {
      kind: "smoke",
      place,
      ports,
      stepWallMs: smoke.stepWallMs,
      hosts: Object.fromEntries(
        Object.entries(smoke.hosts).map(([name, host]) => [
          name,
          { ...host, ...expand(host) },
        ]),
      ),
      steps: smoke.steps.map((step) =>
        mapCommand(step, (command) => ({ ...command, ...expand(command) }))
      ),
    };
  }, options);
}

/** Expands the placeholders of a command of a trial. */
export function expander(
  place: StagePlace,
  values: PlaceholderValues,
): (
  command: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  },
) => { argv: string[]; env: Record<string, string> } {
  const all = {
    ...values,
    temporary: place.temporary,
    source: place.cwd,
  };
  const expand = (text: string) =>
    expandPlaceholders(text, all, { what: "a trial" });
  return ({ argv, env }) => ({
    argv: argv.map(expand),
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, expand(value)]),
    ),
  });
}
