/** The gate `startup` from recipe and policy to the decision, and verified. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { filesOf, Workplace } from "./project.ts";
import { outcomeOf } from "./trial_project.ts";

const LINE = "mode=aot profile=release contract=aot-v1";
const SCRIPT = `printf '# ${LINE}\\necho up\\n' > artifact\n`;

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
      buildInfo: { keys: ["mode", "profile", "contract"] },
      metadata: { mode: "aot", profile: "release", contract: "aot-v1" },
    },
    policy: { startup: { improvementPct } },
  });
}

const REFERENCE = {
  argv: ["/bin/sh", "-c", "sleep 0.1; echo up"],
  probe: { argv: ["/bin/echo", "mode=jit profile=release"] },
};

const STARTUP = {
  reference: REFERENCE,
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

Deno.test("gate startup: samples edited in report and file are refused", async () => {
  using place = new Workplace();
  const run = await place.release(project(place, STARTUP));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  const path = `${run.out}/evidence/measured/startup-any.json`;
  const metrics = JSON.parse(Deno.readTextFileSync(path));
  const [first] = metrics.cold_start_ms.aot.samples;
  const edit = (file: string) =>
    Deno.writeTextFileSync(
      file,
      Deno.readTextFileSync(file).replaceAll(String(first), "0.5"),
    );
  edit(path);
  edit(`${run.out}/report.json`);
  assertEquals((await place.verify(run.out)).code, 1);
});

Deno.test("gate startup: figures of somebody else, whole and not", async () => {
  const metrics = (count: number, context: object) =>
    JSON.stringify({
      schema_version: 1,
      benchmark_context: { samples: count, aot_build_info: LINE, ...context },
      cold_start_ms: {
        jit_native: {
          samples: Array.from({ length: count }, (_, n) => 90 + n),
        },
        aot: { samples: Array.from({ length: count }, (_, n) => 10 + n) },
      },
    });
  const release = { "reference_build_info": "profile=release" };
  for (
    const [count, context, code, reasons] of [
      [20, release, 0, []],
      [7, release, 3, ["startup-too-few-samples"]],
      [20, {}, 3, ["startup-profile-unknown"]],
    ] as const
  ) {
    using place = new Workplace();
    const path = project(place, { metrics: "m.json" }, { p50: 30, p95: 20 });
    Deno.writeTextFileSync(`${path}/m.json`, metrics(count, context));
    const run = await place.release(path);
    assertEquals(run.code, code, run.stdout + run.stderr);
    assertEquals(outcomeOf(run.out, "startup").reasons, reasons);
    if (code === 0) assertEquals((await place.verify(run.out)).code, 0);
  }
});

const NEVER_GO: [string, object | undefined, object, number, string[]][] = [
  [
    "an artifact slower than its reference",
    {
      ...STARTUP,
      reference: { ...REFERENCE, argv: ["/bin/echo", "up"] },
      artifact: {
        argv: ["/bin/sh", "-c", "sleep 0.05; echo up", "{artifact}"],
      },
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
  [
    "an artifact that does nothing",
    { ...STARTUP, artifact: { argv: ["/bin/sh", "-c", ":", "{artifact}"] } },
    { p50: 30 },
    1,
    ["startup-other-output", "startup-too-few-samples"],
  ],
  [
    "a baseline of which nothing is known",
    { ...STARTUP, reference: { argv: REFERENCE.argv } },
    { p50: 30 },
    3,
    ["startup-profile-unknown"],
  ],
  [
    "a baseline built for debugging",
    {
      ...STARTUP,
      reference: {
        ...REFERENCE,
        probe: { argv: ["/bin/echo", "profile=debug"] },
      },
    },
    { p50: 30 },
    1,
    ["startup-not-release"],
  ],
  [
    "figures of somebody else that are not there",
    { metrics: "bench/metrics.json" },
    { p50: 30 },
    3,
    ["metrics-missing", "startup-too-few-samples"],
  ],
  ["no description", undefined, { p50: 30 }, 3, ["trial-missing"]],
  ["too few samples", STARTUP, { p50: 30, p99: 20 }, 3, [
    "startup-too-few-samples",
  ]],
];

Deno.test("gate startup: a threshold for a host that nobody describes", async () => {
  using place = new Workplace();
  const path = project(place, STARTUP);
  const file = `${path}/reproof.policy.json`;
  const policy = JSON.parse(Deno.readTextFileSync(file));
  policy.startup.readyPct = { p50: 10 };
  Deno.writeTextFileSync(file, JSON.stringify(policy));
  const run = await place.release(path);
  assertEquals(run.code, 3, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "startup"), {
    outcome: "inconclusive",
    gate: "inconclusive",
    reasons: ["startup-too-few-samples"],
  });
});

for (const [what, startup, improvement, code, reasons] of NEVER_GO) {
  Deno.test(`gate startup never says go: ${what}`, async () => {
    using place = new Workplace();
    const run = await place.release(project(place, startup, improvement));
    assertEquals(run.code, code, run.stdout + run.stderr);
    assertEquals(outcomeOf(run.out, "startup").reasons, reasons);
  });
}
