/**
 * Real published artifacts, rebuilt from their recipes. The recipes are
 * checked always, and so is one rebuild; the others fetch compilers of tens of
 * megabytes, so they are run when REPROOF_PUBLISHED names them, or with `all`.
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { toolTest } from "../../../tool.ts";
import { makeLock } from "../../../../verify/rebuild/make_lock.ts";
import { parsePublishedSource } from "../../../../verify/rebuild/published/published_source.ts";
import { readRecipe } from "../../../../verify/rebuild/read_recipe.ts";
import { rebuild } from "../../../../verify/rebuild/rebuild.ts";

const FOLDER = fromFileUrl(
  new URL("../../../../fixtures/published", import.meta.url),
);
/** Rebuilt always, and what that needs. */
const SMALL = { "wazero-example": ["bwrap", "go", "node", "npm"] };
const wanted = Deno.env.get("REPROOF_PUBLISHED") ?? "";

for (const { name, isDirectory } of Deno.readDirSync(FOLDER)) {
  if (!isDirectory) continue;
  const folder = `${FOLDER}/${name}`;
  // Why is for people.
  const { why: _, ...expected } = JSON.parse(
    Deno.readTextFileSync(`${folder}/expected.json`),
  );

  Deno.test(`the recipe of published ${name} is valid`, () => {
    readRecipe(folder);
    assertEquals(parsePublishedSource(expected.against).kind === "path", false);
  });

  const what = `published ${name} relates to its rebuild as expected`;
  const small = Object.entries(SMALL).find(([one]) => one === name)?.[1];
  const relates = async () => {
    const lock = await makeLock(readRecipe(folder), {
      recipeDirectory: folder,
    });
    await using made = await rebuild(folder, {
      lock,
      seed: "1",
      against: [expected.against],
    });
    const [published] = made.result.published ?? [];
    assertEquals({
      against: published?.source,
      verdict: made.result.verdict,
      published: published?.verdict,
      ...(expected.differing === undefined ? {} : {
        differing: published?.comparison?.differences.map(({ path }) => path),
      }),
    }, expected);
  };
  if (wanted === "all" || wanted === name) Deno.test(what, relates);
  else if (small !== undefined) toolTest(what, small, relates);
  else {
    Deno.test({
      name: `${what} [ignored: REPROOF_PUBLISHED does not name it]`,
      ignore: true,
      fn: relates,
    });
  }
}
