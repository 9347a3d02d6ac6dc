/**
 * A directory that nobody signed may hold what it likes; it still gets an
 * answer. Were any step to hold each check against each other one, this test
 * would take an hour.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { GOOD_SCRIPT, Workplace } from "../release/project.ts";

const COUNT = 30_000;

Deno.test("verify answers for a report of thirty thousand artifacts", async () => {
  using place = new Workplace();
  const released = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(released.code, 0, released.stdout + released.stderr);
  const path = `${released.out}/report.json`;
  const report = JSON.parse(Deno.readTextFileSync(path));
  const [artifact] = report.rebuild.artifacts;
  const check = report.checks.find(({ gate }: { gate: string }) =>
    gate === "reproducibility"
  );
  for (let index = 0; index < COUNT; index++) {
    report.rebuild.artifacts.push({ ...artifact, name: `artifact-${index}` });
    report.checks.push({ ...check, id: `${check.id}-${index}` });
  }
  Deno.writeTextFileSync(path, JSON.stringify(report));
  const run = await place.verify(released.out);
  assertEquals(run.code, 1, run.stderr);
  assertStringIncludes(run.stdout, "digest-mismatch");
});
