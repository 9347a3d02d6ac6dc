import { assert, assertEquals } from "@std/assert";
import { runSmokeTrial } from "../../../verify/trial/run_smoke.ts";
import { smokeSchema } from "../../../verify/trial/smoke_recipe.ts";
import { toolTest } from "../../tool.ts";
import { GOOD_HOST, RUN, Twin, WAYS } from "./twin.ts";

/** Runs one load of a shell script; what did not pass, and the figures. */
async function load(
  script: string,
  section: { load?: object; expect?: object; hosts?: object },
  tools: readonly string[] = [],
  stepWallMs = 20_000,
) {
  using twin = new Twin(section.hosts === undefined ? script : GOOD_HOST);
  const run = await runSmokeTrial(
    smokeSchema.parse({
      hosts: section.hosts ?? {},
      stepWallMs,
      steps: [{
        name: "many",
        load: {
          ...(section.hosts === undefined
            ? { command: { argv: ["/bin/sh", "{artifact}"] } }
            : {}),
          times: 20,
          concurrency: 4,
          ...section.load,
        },
        expect: section.expect ?? { same: true },
      }],
    }),
    twin.values,
    await twin.options(tools),
  );
  assertEquals(run.why, "");
  const findings = run.result?.findings ?? [];
  return {
    open: findings.filter(({ status }) => status !== "pass")
      .map(({ id, code, observed }) => `${id}: ${code}: ${observed}`),
    measured: run.result?.measured ?? {},
  };
}

const BIG = 150_000_000;

for (const [name, tools] of WAYS) {
  toolTest(`load ${name}: keeps percentiles that have samples`, [
    ...tools,
  ], async () => {
    const { open, measured } = await load("echo a", {}, tools);
    assertEquals(open, []);
    assertEquals(Object.keys(measured), [
      "step/many/times",
      "step/many/p50Ms",
      "step/many/p95Ms",
      "step/many/maxMs",
      "step/many/perSecond",
      "step/many/bytes",
      "step/many/stagePeakBytes",
    ]);
    assertEquals(measured["step/many/times"], 20);
    assertEquals(measured["step/many/bytes"], 40);
    assert((measured["step/many/p50Ms"] ?? 0) > 0);
  });

  toolTest(`load ${name}: takes 150 MB three times in little memory`, [
    ...tools,
  ], async () => {
    const { open, measured } = await load(
      `head -c ${BIG} /dev/zero`,
      {
        load: { times: 3, concurrency: 2, outputBytesMax: BIG },
        expect: { bytesMin: BIG, same: true },
      },
      tools,
    );
    assertEquals(open, []);
    assertEquals(measured["step/many/bytes"], 3 * BIG);
    const peak = measured["step/many/stagePeakBytes"] ?? Infinity;
    assert(peak > 0 && peak < 2 * BIG, `${peak} bytes`);
  });

  toolTest(`load ${name}: asks a host many times`, [...tools], async () => {
    const hosts = {
      main: {
        argv: RUN,
        env: { PORT: "{port:main}" },
        ports: ["main"],
        ready: { http: { port: "main" } },
      },
    };
    const http = { port: "main" };
    const good = await load("", { hosts, load: { http } }, tools);
    assertEquals(good.open, []);
    assertEquals(good.measured["step/many/bytes"], 60);
    const bad = await load(
      "",
      { hosts, load: { http }, expect: { code: 404 } },
      tools,
    );
    assertEquals(bad.open.length, 1);
    assertEquals(Object.keys(bad.measured).includes("step/many/times"), false);
  });
}

const FAILS: [string, string, object, RegExp][] = [
  ["fails", "exit 3", {}, /ended with 3, number 1 of 20$/],
  [
    "fails once in a while",
    "[ -e ~/done ] && exit 1; touch ~/done",
    { load: { concurrency: 1 } },
    /ended with 1, number 2 of 20$/,
  ],
  [
    "answers otherwise once",
    "[ -e ~/done ] && echo b || echo a; touch ~/done",
    { load: { concurrency: 1 } },
    /other output than the first, number 2/,
  ],
  ["prints too little", "echo a", { expect: { bytesMin: 3 } }, /2 bytes, num/],
  [
    "prints something else",
    "echo a",
    { expect: { sha256: "0".repeat(64) } },
    /output with 87428fc52/,
  ],
  ["floods", "yes", { load: { outputBytesMax: 1000 } }, /more than 1000 bytes/],
  [
    "leaves a process",
    "setsid sleep 60 >/dev/null 2>&1 &",
    { load: { times: 1, concurrency: 1 }, expect: { code: 0 } },
    /sleep left running/,
  ],
];
for (const [what, script, section, observed] of FAILS) {
  Deno.test(`load tells a program that ${what}`, async () => {
    const { open, measured } = await load(script, section);
    assertEquals(open.length, 1);
    const [finding = ""] = open;
    assert(finding.startsWith("step/many: load-failed: "), finding);
    assert(observed.test(finding), finding);
    assertEquals(measured, {});
  });
}

Deno.test("load has as many under way at once as it says", async () => {
  // Each waits for three others of its kind, with a bound on the waiting.
  const meets = `touch ~/$$
for round in $(seq 100); do
  set -- ~/[0-9]*
  if [ $# -ge 4 ]; then echo met; exit 0; fi
  sleep 0.02
done
exit 1`;
  const times = { times: 4 };
  assertEquals((await load(meets, { load: times })).open, []);
  const { open } = await load(meets, { load: { ...times, concurrency: 3 } });
  assertEquals(open.length, 1);
});

Deno.test("load tells a program that hangs", async () => {
  const { open } = await load(
    "sleep 60",
    { load: { concurrency: 1 } },
    [],
    500,
  );
  assertEquals(open, [
    "step/many: load-failed: still running after 500 ms, number 1 of 20",
  ]);
});

Deno.test("smokeSchema takes a load of one kind, with an expectation", () => {
  const command = { argv: ["{artifact}"] };
  const allowed = (load: object, expect: object = { same: true }) =>
    smokeSchema.safeParse({
      hosts: {
        main: { argv: ["{artifact}"], ports: ["main"], ready: { tcp: "main" } },
      },
      steps: [{ name: "many", load: { times: 2, ...load }, expect }],
    }).success;
  assertEquals(allowed({ command }), true);
  assertEquals(allowed({ http: { port: "main" } }), true);
  assertEquals(allowed({}), false);
  assertEquals(allowed({ command, http: { port: "main" } }), false);
  assertEquals(allowed({ http: { port: "other" } }), false);
  assertEquals(allowed({ command: { argv: ["/bin/true"] } }), false);
  assertEquals(allowed({ command }, {}), false);
  assertEquals(allowed({ command, times: 0 }), false);
});
