/**
 * Real published artifacts, rebuilt from their recipes. The recipes are
 * checked always; the rebuilds fetch toolchains of tens of megabytes, so they
 * are run when REPROOF_PUBLISHED names them, or with `all`.
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { makeLock } from "../../../../verify/rebuild/make_lock.ts";
import { parsePublishedSource } from "../../../../verify/rebuild/published/published_source.ts";
import { readRecipe } from "../../../../verify/rebuild/read_recipe.ts";
import { rebuild } from "../../../../verify/rebuild/rebuild.ts";

const FOLDER = fromFileUrl(
  new URL("../../../../fixtures/published", import.meta.url),
);
const wanted = Deno.env.get("REPROOF_PUBLISHED") ?? "";

for (const { name, isDirectory } of Deno.readDirSync(FOLDER)) {
  if (!isDirectory) continue;
  const folder = `${FOLDER}/${name}`;
  const expected = JSON.parse(
    Deno.readTextFileSync(`${folder}/expected.json`),
  );

  Deno.test(`the recipe of published ${name} is valid`, () => {
    readRecipe(folder);
    assertEquals(parsePublishedSource(expected.against).kind === "path", false);
  });

  Deno.test({
    name: `published ${name} relates to its rebuild as expected`,
    ignore: wanted !== "all" && wanted !== name,
    fn: async () => {
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
    },
  });
}
