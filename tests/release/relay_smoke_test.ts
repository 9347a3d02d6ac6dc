/** relay's hosts and commands, smoked for real on one target. */

import { assertEquals, assertMatch } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { Workplace } from "./project.ts";
import { outcomeOf } from "./trial_project.ts";

function oneTarget(place: Workplace): string {
  const project = place.copy("relay", {
    policy: { targets: { required: ["linux-x64"] } },
  });
  change(`${project}/reproof.json`, (recipe) => {
    recipe.targets = { "linux-x64": recipe.targets["linux-x64"] };
  });
  return project;
}

// deno-lint-ignore no-explicit-any
function change(path: string, edit: (document: any) => void): void {
  const document = JSON.parse(Deno.readTextFileSync(path));
  edit(document);
  Deno.writeTextFileSync(path, JSON.stringify(document));
}

toolTest(
  "relay smoked: dispatcher, gossip, leadership and commands",
  ["go"],
  async () => {
    using place = new Workplace();
    const project = oneTarget(place);
    assertEquals((await runProgram(["lock", project])).code, 0);
    const run = await place.release(project);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    assertMatch(run.stdout, /smoke/);
    assertEquals(outcomeOf(run.out, "smoke").gate, "go");
    assertEquals(outcomeOf(run.out, "contract").gate, "go");
    assertEquals(outcomeOf(run.out, "parity").gate, "go");
    assertEquals(outcomeOf(run.out, "startup").gate, "go");
    assertEquals((await place.verify(run.out)).code, 0);
    const metrics = JSON.parse(Deno.readTextFileSync(
      `${run.out}/evidence/measured/startup-linux-x64.json`,
    ));
    for (
      const [key, count] of [
        ["cold_start_ms", 20],
        ["first_line_ms", 20],
        ["ready_ms", 10],
        ["steady_state_requests_per_sec", 10],
      ] as const
    ) assertEquals(metrics[key].aot.samples.length, count, key);
    const figures = JSON.parse(Deno.readTextFileSync(
      `${run.out}/evidence/measured/smoke-linux-x64.json`,
    ));
    assertEquals(figures["step/many-lists/times"], 40);
    assertEquals(figures["step/many-lists/bytes"], 40 * 26);
    assertEquals(figures["step/many-questions/times"], 400);
    assertEquals(figures["step/many-questions/p99Ms"] > 0, true);
  },
);
