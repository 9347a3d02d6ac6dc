/**
 * Reading recipe and lock from a recipe's directory, with the rules that a
 * schema cannot say.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { type DocumentKind, parseDocument } from "../document.ts";
import { UsageError } from "../error.ts";
import { LOCK, type Lock, LOCK_FILE } from "./lock.ts";
import { checkPlaceholders } from "./placeholder.ts";
import { RECIPE, type Recipe, RECIPE_FILE } from "./recipe.ts";

/**
 * Reads and checks the recipe of a directory.
 *
 * @throws {UsageError} `file-not-readable`, `json-invalid` or
 * `recipe-invalid`.
 */
export function readRecipe(directory: string): Recipe {
  const recipe = read(`${directory}/${RECIPE_FILE}`, {
    kind: RECIPE,
    missing: "file-not-readable",
  });
  for (const [name, target] of Object.entries(recipe.targets)) {
    const stranger = target.toolchains?.find((tool) =>
      !Object.hasOwn(recipe.toolchains, tool)
    );
    if (stranger !== undefined) {
      throw new UsageError(
        "recipe-invalid",
        `Reading "${RECIPE_FILE}" at $.targets.${name}.toolchains`,
        {
          expected: `one of the toolchains ${
            Object.keys(recipe.toolchains).join(", ")
          }`,
          observed: `"${stranger}"`,
        },
      );
    }
    for (const member of ["name", "path"] as const) {
      // Names are files of one archive, on systems that ignore case as well.
      const values = target.artifacts.map((artifact) =>
        member === "name" ? artifact.name.toLowerCase() : artifact.path
      );
      const twice = values.find((value, at) => values.indexOf(value) !== at);
      if (twice !== undefined) {
        throw new UsageError(
          "recipe-invalid",
          `Reading "${RECIPE_FILE}" at $.targets.${name}.artifacts`,
          { expected: `each ${member} once`, observed: `"${twice}" twice` },
        );
      }
    }
  }
  checkPlaceholders(recipe);
  return recipe;
}

/**
 * Reads the lock of a directory, or another one.
 *
 * @throws {UsageError} `lock-missing`, `json-invalid` or `lock-invalid`.
 */
export function readLock(
  directory: string,
  path = `${directory}/${LOCK_FILE}`,
): Lock {
  return read(path, { kind: LOCK, missing: "lock-missing" });
}

function read<T>(
  path: string,
  options: { readonly kind: DocumentKind<T>; readonly missing: Code },
): T {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (cause) {
    throw new UsageError(options.missing, `Reading "${path}"`, {
      expected: "a readable file",
      observed: cause instanceof Deno.errors.NotFound
        ? "none"
        : cause instanceof Error
        ? cause.message
        : String(cause),
      cause,
    });
  }
  return parseDocument(options.kind, bytes, path);
}
