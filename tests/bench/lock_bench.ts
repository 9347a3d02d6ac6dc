/**
 * Checking the lock of a whole toolchain whose files have not changed,
 * against reading them all again: the tree of Go and the headers, programs
 * and libraries of gcc, as far as they are installed.
 *
 * @module
 */

import { checkLock } from "../../verify/rebuild/check_lock.ts";
import { DigestCache } from "../../verify/rebuild/digest_cache.ts";
import { makeLock } from "../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { makeProject } from "../verify/rebuild/project.ts";
import { hasTool } from "../tool.ts";
import type { Lock } from "../../verify/rebuild/lock.ts";
import { report } from "./cost.ts";
import { measure, median } from "./ratio.ts";

/** Issue 4: under a second for a toolchain of a gigabyte. */
const WARM_MS_PER_GB_MAX = 1_000;

/** Measures the warm check; false when a gigabyte takes a second or more. */
export async function benchLock(): Promise<boolean> {
  const toolchains = Object.fromEntries(
    [["go", ["version"]], ["gcc", ["--version"]], ["rustc", ["--version"]]]
      .filter(([name]) => hasTool(String(name)))
      .map(([executable, versionArgs]) => [
        executable,
        { executable, versionArgs },
      ]),
  );
  await using project = await makeProject({
    recipe: { toolchains },
    lock: false,
  });
  const recipe = readRecipe(project.path);
  const folder = `${project.path}.cache`;
  const check = async (cache: DigestCache) => {
    const options = { recipeDirectory: project.path, cache };
    for (const { status } of await checkLock(recipe, lock, options)) {
      if (status !== "pass") throw new Error("drift");
    }
    cache.save();
  };
  const lock = await makeLock(recipe, { recipeDirectory: project.path });
  const warm: number[] = [];
  try {
    const good = await measure({
      name: "toolchain check, warm",
      reference: "read anew",
      limit: 1,
      runs: 5,
      ours: async () => {
        const start = performance.now();
        await check(new DigestCache(folder));
        warm.push(performance.now() - start);
      },
      theirs: () => check(new DigestCache(null)),
    });
    const bytes = toolBytes(lock, new DigestCache(folder));
    const perGb = median(warm.slice(1)) / (bytes / 1e9);
    return report(
      perGb < WARM_MS_PER_GB_MAX,
      `toolchain check, warm: ${perGb.toFixed(0)} ms for each of ${
        (bytes / 1e9).toFixed(2)
      } GB, limit ${WARM_MS_PER_GB_MAX}`,
    ) && good;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Bytes of all files that the lock pins. */
function toolBytes({ toolchains }: Lock, cache: DigestCache): number {
  return Object.values(toolchains).reduce((total, tool) => {
    if (tool.pin !== "host") return total;
    const files = cache.list(tool.files.sha256) ?? [];
    return files.reduce((sum, { size }) => sum + size, total) +
      Deno.statSync(tool.executable.path).size;
  }, 0);
}
