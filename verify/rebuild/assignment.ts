/**
 * What is to be rebuilt, and how: recipe and lock are read, the targets and the
 * isolation chosen, before anything is written.
 *
 * @module
 */

import { sha256 } from "../digest.ts";
import { UsageError } from "../error.ts";
import { type Host, inspectHost } from "./host.ts";
import type { Lock } from "./lock.ts";
import { readLock, readRecipe } from "./read_recipe.ts";
import type { RebuildOptions } from "./rebuild_options.ts";
import { type Recipe, RECIPE_FILE } from "./recipe.ts";
import type { ReplayEvidence } from "./replay.ts";
import type { Isolation } from "./result.ts";
import { chosenIsolation } from "./sandbox/choose.ts";
import { lockOf } from "./target_toolchains.ts";

/** One rebuild that is to be made. */
export interface Assignment {
  readonly recipeDirectory: string;
  /** Those of the caller, or of the run that is repeated. */
  readonly options: RebuildOptions;
  readonly recipe: Recipe;
  readonly recipeSha256: string;
  /** Names of the targets to build. */
  readonly targets: readonly string[];
  /** The lock, less what only other targets are built with. */
  readonly lock: Lock;
  readonly host: Host;
  readonly isolation: Isolation;
}

/**
 * Reads and chooses.
 *
 * @throws {UsageError} For a recipe, lock or option that makes no sense.
 */
export async function readAssignment(
  recipeDirectory: string,
  given: RebuildOptions,
): Promise<Assignment> {
  const { replay } = given;
  const options = replay === undefined ? given : replayOptions(given, replay);
  const recipe = readRecipe(recipeDirectory);
  const recipeSha256 = sha256(
    Deno.readFileSync(`${recipeDirectory}/${RECIPE_FILE}`),
  );
  const targets = chosenTargets(recipe, options);
  const lock = lockOf(
    recipe,
    options.lock ?? readLock(recipeDirectory),
    targets,
  );
  const host = await inspectHost();
  return {
    recipeDirectory,
    options,
    recipe,
    recipeSha256,
    targets,
    lock,
    host,
    isolation: chosenIsolation(host, options.isolation),
  };
}

/** Options with everything that evidence says of a run in place. */
function replayOptions(
  given: RebuildOptions,
  replay: ReplayEvidence,
): RebuildOptions {
  return {
    ...given,
    seed: replay.seed,
    // What was read beside the source then must be what is read now.
    lock: replay.prepared === undefined
      ? replay.lock
      : { ...replay.lock, prepared: replay.prepared },
    isolation: replay.runs[0].isolation,
    targets: [...new Set(replay.artifacts.map(({ target }) => target))],
    sourceDateEpoch: replay.source.sourceDateEpoch,
  };
}

/** The targets to build, in the recipe's order. */
function chosenTargets(
  recipe: Recipe,
  options: Pick<RebuildOptions, "targets">,
): string[] {
  const known = Object.keys(recipe.targets);
  for (const name of options.targets ?? []) {
    if (!known.includes(name)) {
      throw new UsageError("usage", "Choosing the targets", {
        expected: `one of ${known.join(", ")}`,
        observed: `"${name}"`,
      });
    }
  }
  return known.filter((name) => options.targets?.includes(name) ?? true);
}
