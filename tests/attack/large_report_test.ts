/**
 * A directory that nobody signed may hold what it likes; it still gets an
 * answer. Were any step to hold each check against each other one, this test
 * would take an hour.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { policySchema } from "../../policy/policy.ts";
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

Deno.test("a policy of thousands of waivers is refused, and one of a thousand read", () => {
  const policy = (count: number) =>
    policySchema.safeParse({
      schemaVersion: 1,
      project: "script",
      resource: "pkg:generic/script",
      targets: { required: ["any"] },
      reproducibility: {},
      waivers: Array.from({ length: count }, (_, index) => ({
        id: `waiver-${index}`,
        finding: "not-reproducible",
        scope: `any/artifact-${index}`,
        reason: "one of very many",
        owner: "nobody",
        expires: "2026-06-30",
      })),
    });
  assertEquals(policy(1_000).success, true);
  assertStringIncludes(policy(1_001).error?.message ?? "", "at most 1000");
});
