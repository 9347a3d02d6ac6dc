/**
 * Finding every tool of a recipe, on this host or in what was unpacked from the
 * archive that the lock names.
 *
 * @module
 */

import type { Lock } from "./lock.ts";
import { findProvided } from "./provider/provided_tool.ts";
import type { Recipe } from "./recipe.ts";
import { findTool, type FoundTool } from "./toolchain.ts";

/**
 * Tools by name; a toolchain without an executable has none.
 *
 * @param toolchainsFolder Where unpacked archives are kept.
 * @throws {ReproofError} `toolchain-missing`.
 */
export async function findTools(
  recipe: Recipe,
  lock: Lock,
  toolchainsFolder: string,
): Promise<Record<string, FoundTool>> {
  const tools: Record<string, FoundTool> = {};
  for (const [name, toolchain] of Object.entries(recipe.toolchains)) {
    if ("executable" in toolchain) {
      tools[name] = await findTool(name, toolchain);
    } else if ("archive" in toolchain) {
      tools[name] = findProvided(name, toolchain, {
        toolchainsFolder,
        locked: lock.toolchains[name],
      });
    }
  }
  return tools;
}
