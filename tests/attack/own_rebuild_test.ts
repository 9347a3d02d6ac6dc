/**
 * What a consumer sees in a rebuild of its own: no waiver of the publisher
 * excuses it once the consumer brings a policy, and what is no build there
 * does not count, whatever the report leaves out.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { copying, GOOD_SCRIPT, Workplace } from "../release/project.ts";
import { soon, TODAY } from "../release/trial_project.ts";
import { signAgain } from "./sign_again.ts";

/** Leaves a process behind, which is a finding that can be waived. */
const LEAVES = `${GOOD_SCRIPT}setsid sleep 30 >/dev/null 2>&1 </dev/null &\n`;

const waiver = {
  id: "leaves",
  finding: "build-left-process",
  scope: "any",
  reason: "known until the next version",
  owner: "somebody",
  expires: soon(),
};

Deno.test("no waiver of the publisher covers what a consumer's rebuild shows", async () => {
  using place = new Workplace();
  const project = place.script(LEAVES, { policy: { waivers: [waiver] } });
  const made = await place.release(project, "--now", TODAY);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  const document = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  const publicKey = Deno.readTextFileSync(place.publicKey);
  const verify = (waivers: unknown[]) => {
    const path = `${place.path}/own.json`;
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        ...document,
        waivers,
        trust: { keys: [{ id: "release", publicKey }] },
      }),
    );
    return runProgram([
      "verify",
      made.out,
      ...["--policy", path, "--now", TODAY, "--rebuild", project],
    ]);
  };
  const own = await verify([waiver]);
  assertEquals(own.code, 0, own.stdout + own.stderr);
  const none = await verify([]);
  assertEquals(none.code, 1, none.stdout + none.stderr);
  const gate = /^ {2}build +NO-GO/m;
  assertEquals(gate.test(none.stdout), true, none.stdout);
});

Deno.test("a rebuild finds the copy that a report does not tell of", async () => {
  using place = new Workplace();
  const project = place.script("cp made artifact\n", {
    policy: copying("any/artifact"),
  });
  Deno.writeTextFileSync(`${project}/made`, "mode=aot contract=aot-v1\n");
  const made = await place.release(project);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  await signAgain(made.out, place.key, {
    report: (report) => {
      delete report.rebuild.artifacts[0].copyOf;
    },
  });
  const document = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  const path = `${place.path}/own.json`;
  const publicKey = Deno.readTextFileSync(place.publicKey);
  Deno.writeTextFileSync(
    path,
    JSON.stringify({
      ...document,
      ...copying(),
      trust: { keys: [{ id: "release", publicKey }] },
    }),
  );
  const run = await runProgram([
    "verify",
    made.out,
    ...["--policy", path, "--rebuild", project],
  ]);
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertStringIncludes(run.stdout, "[artifact-copied] any/artifact");
});
