/**
 * The key that signs a release never reaches a build: not as a copy in the
 * source, under whatever name.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { exists, GOOD_SCRIPT, Workplace } from "../release/project.ts";

for (const name of ["release-key.pem", "notes.txt"]) {
  Deno.test(`release refuses a source with its key as ${name}`, async () => {
    using place = new Workplace();
    const project = place.script(
      `${GOOD_SCRIPT}cat ${name}; touch ${place.path}/built\n`,
    );
    Deno.copyFileSync(place.key, `${project}/${name}`);
    const run = await place.release(project, "--isolation", "none");
    assertEquals(run.code, 2, run.stdout + run.stderr);
    assertStringIncludes(run.stderr, `the key at "${name}"`);
    assertEquals(exists(`${place.path}/built`), false);
    assertEquals(exists(run.out), false);
  });
}

Deno.test("release takes a source that has its key excluded", async () => {
  using place = new Workplace();
  const project = place.script(`${GOOD_SCRIPT}test ! -e release-key.pem\n`, {
    recipe: { source: { exclude: ["*.pem"] } },
  });
  Deno.copyFileSync(place.key, `${project}/release-key.pem`);
  const run = await place.release(project);
  assertEquals(run.code, 0, run.stdout + run.stderr);
});
