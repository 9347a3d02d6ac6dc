/**
 * A toolchain that is replaced after the lock was checked, by the build itself
 * or by an update of the host, did not make the artifacts as it was locked.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { exists, GOOD_SCRIPT, Workplace } from "../release/project.ts";

const TOOL = "#!/bin/sh\necho 1.0\n";

/** A project with a toolchain of its own, locked, and the tool's path. */
async function locked(
  place: Workplace,
  script: (tool: string) => string,
): Promise<string> {
  const tool = `${place.path}/tool-${crypto.randomUUID().slice(0, 8)}`;
  Deno.writeTextFileSync(tool, TOOL);
  Deno.chmodSync(tool, 0o755);
  const project = place.script(GOOD_SCRIPT + script(tool), {
    recipe: { toolchains: { tool: { executable: tool } } },
  });
  Deno.removeSync(`${project}/reproof.lock.json`);
  const lock = await runProgram(["lock", project]);
  assertEquals(lock.code, 0, lock.stderr);
  return project;
}

Deno.test("release is no go when a build replaces its toolchain", async () => {
  using place = new Workplace();
  // The version stays; only the digest of the file tells.
  const project = await locked(
    place,
    (tool) => `printf '${TOOL.replaceAll("\n", "\\n")}# other\\n' > ${tool}\n`,
  );
  const run = await place.release(project, "--isolation", "none");
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertStringIncludes(run.stdout, "toolchain-drift");
  assertEquals(exists(run.out), false);
});

Deno.test("release is a go when a build leaves its toolchain alone", async () => {
  using place = new Workplace();
  const project = await locked(place, (tool) => `cat ${tool} > copy\n`);
  const run = await place.release(project, "--isolation", "none");
  assertEquals(run.code, 0, run.stdout + run.stderr);
});
