/**
 * Targets that flags name, held against the recipe before anything is built.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import type { Arguments } from "../cli/command.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";

/**
 * The targets, each once, in the order of the recipe.
 *
 * @throws {UsageError} `usage` for one that the recipe does not have.
 */
export function knownTargets(
  recipe: Recipe,
  asked: readonly string[],
): string[] {
  const known = Object.keys(recipe.targets);
  const stranger = asked.find((name) => !known.includes(name));
  if (stranger === undefined) {
    return known.filter((name) => asked.includes(name));
  }
  throw new UsageError("usage", "Choosing the targets", {
    expected: `one of ${known.join(", ")}`,
    observed: `"${stranger}"`,
  });
}

/** Which targets are built here, and which must come from builders. */
export interface TargetWish {
  /** Undefined for all that nobody supplies. */
  readonly targets: readonly string[] | undefined;
  readonly elsewhere: readonly string[];
}

/**
 * Reads `--target` and `--supplied`.
 *
 * @throws {UsageError} `usage` for a stranger, or a target under both flags.
 */
export function readTargets(args: Arguments, recipe: Recipe): TargetWish {
  const asked = args.values("target");
  const elsewhere = knownTargets(recipe, args.values("supplied"));
  const both = elsewhere.find((name) => asked.includes(name));
  if (both !== undefined) {
    throw new UsageError("usage", "Choosing the targets", {
      expected: '"--target" or "--supplied"',
      observed: `both for "${both}"`,
    });
  }
  return {
    targets: asked.length === 0 ? undefined : knownTargets(recipe, asked),
    elsewhere,
  };
}
