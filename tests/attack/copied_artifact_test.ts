/**
 * Two builds that hand on one file agree whatever the file is. An artifact
 * that was checked in, or that `prepare` made or fetched, is no go unless the
 * policy says that it may be a copy.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import {
  copying,
  exists,
  GOOD_SCRIPT,
  NOW,
  Workplace,
} from "../release/project.ts";

const LINE = "mode=aot contract=aot-v1\n";

function checkedIn(place: Workplace, script: string, copies: string[] = []) {
  const project = place.script(script, { policy: copying(...copies) });
  Deno.mkdirSync(`${project}/dist`);
  Deno.writeTextFileSync(`${project}/dist/prebuilt`, LINE);
  return project;
}

Deno.test("release is no go for an artifact that was checked in", async () => {
  using place = new Workplace();
  const project = checkedIn(place, "cp dist/prebuilt artifact\n");
  const run = await place.release(project);
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertStringIncludes(run.stdout, "[artifact-copied] any/artifact");
  assertStringIncludes(run.stdout, '"dist/prebuilt" of the source');
  assertEquals(exists(run.out), false);
  const rebuilt = await runProgram(["rebuild", project]);
  assertEquals(rebuilt.code, 3, rebuilt.stdout + rebuilt.stderr);
  assertStringIncludes(
    rebuilt.stdout,
    "could not tell; the builds agree, but artifact-copied",
  );
});

Deno.test("release is no go for an artifact that prepare made", async () => {
  using place = new Workplace();
  const project = place.script("cp $1/made artifact\n", {
    recipe: {
      prepare: [{
        argv: [
          "/bin/sh",
          "-c",
          "echo 'mode=aot contract=aot-v1' > $0/made",
          "{prepared}",
        ],
      }],
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh", "{prepared}"] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
        },
      },
    },
  });
  const run = await place.release(project);
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertStringIncludes(run.stdout, '"made" of what prepare left');
});

Deno.test("release takes a build that made the artifact of such a file", async () => {
  using place = new Workplace();
  const made = await place.release(
    checkedIn(place, "(echo built; cat dist/prebuilt) > artifact\n"),
  );
  assertEquals(made.code, 0, made.stdout + made.stderr);
});

Deno.test("a copy is as good as the policy of who asks says", async () => {
  using place = new Workplace();
  const project = checkedIn(place, "cp dist/prebuilt artifact\n", [
    "any/artifact",
  ]);
  const made = await place.release(project);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  assertEquals((await place.verify(made.out)).code, 0);
  const publicKey = Deno.readTextFileSync(place.publicKey);
  const own = (copies: string[]) => {
    const path = `${place.path}/own-${copies.length}.json`;
    const document = JSON.parse(
      Deno.readTextFileSync(`${project}/reproof.policy.json`),
    );
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        ...document,
        ...copying(...copies),
        trust: { keys: [{ id: "release", publicKey }] },
      }),
    );
    return runProgram(["verify", made.out, "--policy", path, "--now", NOW]);
  };
  const allows = await own(["any/artifact"]);
  assertEquals(allows.code, 0, allows.stdout + allows.stderr);
  const refuses = await own([]);
  assertEquals(refuses.code, 1, refuses.stdout + refuses.stderr);
  assertStringIncludes(refuses.stdout, "artifact-copied (any/artifact)");
});

Deno.test("a file of the source that is bundled is no copy", async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT, {
    recipe: { bundle: ["LICENSE"] },
  });
  Deno.writeTextFileSync(`${project}/LICENSE`, "free\n");
  assertEquals((await place.release(project)).code, 0);
});
