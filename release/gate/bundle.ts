/**
 * What goes into an archive, held against what an archive can hold before
 * anything is built: every name means one file on every system, no two names
 * of one archive are taken for each other, and every bundled file is a regular
 * file of the project.
 *
 * @module
 */

import { join } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { aliasGroups, nameProblem } from "../../verify/integrity/names.ts";
import { type Recipe, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";

/**
 * Checks the names of targets and artifacts, and the bundled files.
 *
 * @param directory Directory of the recipe.
 * @throws {UsageError} `recipe-invalid` at the first that cannot be released.
 */
export function assertBundle(directory: string, recipe: Recipe): void {
  recipe.bundle.forEach((path, index) => {
    const at = `$.bundle[${index}]`;
    assertName(path, at);
    if (recipe.bundle.indexOf(path) !== index) {
      refuse(at, "each file once", `"${path}" twice`);
    }
    const problem = fileProblem(join(directory, path));
    if (problem !== null) {
      refuse(at, "a regular file of the source", `${problem} at "${path}"`);
    }
  });
  for (const [target, { artifacts }] of Object.entries(recipe.targets)) {
    const at = `$.targets.${target}`;
    assertName(target, at);
    for (const { name } of artifacts) assertName(name, `${at}.artifacts`);
    const names = [...artifacts.map(({ name }) => name), ...recipe.bundle];
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    const alias = aliasGroups(new Set(names))[0] ??
      (twice === undefined ? undefined : [twice, twice]);
    if (alias !== undefined) {
      refuse(
        `${at}.artifacts`,
        "names that differ on every system, those in $.bundle included",
        `"${alias.join('" and "')}"`,
      );
    }
  }
}

function assertName(name: string, at: string): void {
  const problem = nameProblem(name);
  if (problem === null) return;
  refuse(at, "a name that is one file everywhere", `${problem} in "${name}"`);
}

function fileProblem(path: string): string | null {
  try {
    const info = Deno.lstatSync(path);
    if (info.isFile) return null;
    return info.isSymlink
      ? "a symbolic link"
      : info.isDirectory
      ? "a directory"
      : "a special file";
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return "nothing";
    throw error;
  }
}

function refuse(at: string, expected: string, observed: string): never {
  throw new UsageError("recipe-invalid", `Reading "${RECIPE_FILE}" at ${at}`, {
    expected,
    observed,
  });
}
