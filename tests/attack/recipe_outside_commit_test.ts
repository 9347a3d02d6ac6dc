/**
 * A recipe that leaves itself out of the source: what is built by it is no
 * build of the commit when the commit holds another recipe.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { commitAll } from "../git.ts";
import { GOOD_SCRIPT, Workplace } from "../release/project.ts";
import { toolTest } from "../tool.ts";

toolTest("release takes no recipe for that of a commit that holds another", [
  "git",
], async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT, {
    recipe: { source: { exclude: ["reproof.json", "reproof.policy.json"] } },
    policy: { source: { commit: "required" } },
  });
  await commitAll(project);
  const now = new Date().toISOString();
  const committed = await place.release(project, "--now", now);
  assertEquals(committed.code, 0, committed.stdout + committed.stderr);
  const path = `${project}/reproof.json`;
  const recipe = JSON.parse(Deno.readTextFileSync(path));
  recipe.targets.any.build[0].argv = ["/bin/sh", "-c", GOOD_SCRIPT];
  Deno.writeTextFileSync(path, JSON.stringify(recipe));
  const changed = await place.release(project, "--now", now);
  assertEquals(changed.code, 1, changed.stdout + changed.stderr);
  assertStringIncludes(changed.stdout, "[source-not-committed]");
});
