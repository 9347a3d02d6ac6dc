/** The gate `startup` from recipe and policy to the decision, and verified. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { filesOf, Workplace } from "./project.ts";
import { outcomeOf } from "./trial_project.ts";

const SCRIPT = "echo '# mode=aot contract=aot-v1' > artifact\n";

function project(
  place: Workplace,
  startup: object | undefined,
  improvementPct: object = { p50: 30 },
): string {
  return place.script(SCRIPT, {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
          startup,
        },
      },
    },
    policy: { startup: { improvementPct } },
  });
}

const STARTUP = {
  reference: { argv: ["/bin/sleep", "0.1"] },
  artifact: { argv: ["/bin/sh", "{artifact}"] },
  samples: 10,
  warmup: 1,
};

Deno.test("gate startup: a go that verifies, its figures with it", async () => {
  using place = new Workplace();
  const run = await place.release(project(place, STARTUP));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "startup").gate, "go");
  assertEquals((await place.verify(run.out)).code, 0);
  assertEquals(filesOf(`${run.out}/evidence/measured`), [
    "startup-any.json",
    "startup-any.svg",
  ]);
  assertStringIncludes(
    Deno.readTextFileSync(`${run.out}/report.md`),
    "](evidence/measured/startup-any.svg)",
  );
  const path = `${run.out}/evidence/measured/startup-any.json`;
  const text = Deno.readTextFileSync(path);
  assertEquals(JSON.parse(text).cold_start_ms.aot.samples.length, 10);
  Deno.writeTextFileSync(path, text.replace(/(\[\s*)\d/, "$1-1"));
  assertEquals((await place.verify(run.out)).code, 1);
});

const NEVER_GO: [string, object | undefined, object, number, string[]][] = [
  [
    "an artifact slower than its reference",
    {
      ...STARTUP,
      reference: { argv: ["/bin/true"] },
      artifact: { argv: ["/bin/sh", "-c", "sleep 0.05", "{artifact}"] },
    },
    { p50: 30 },
    1,
    ["startup-too-slow"],
  ],
  [
    "a run that fails",
    { ...STARTUP, artifact: { argv: ["/bin/false", "{artifact}"] } },
    { p50: 30 },
    1,
    ["startup-run-failed", "startup-too-few-samples"],
  ],
  ["no description", undefined, { p50: 30 }, 3, ["trial-missing"]],
  ["too few samples", STARTUP, { p50: 30, p99: 20 }, 3, [
    "startup-too-few-samples",
  ]],
];

for (const [what, startup, improvement, code, reasons] of NEVER_GO) {
  Deno.test(`gate startup never says go: ${what}`, async () => {
    using place = new Workplace();
    const run = await place.release(project(place, startup, improvement));
    assertEquals(run.code, code, run.stdout + run.stderr);
    assertEquals(outcomeOf(run.out, "startup").reasons, reasons);
  });
}
