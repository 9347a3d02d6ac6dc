import { assertEquals, assertStringIncludes } from "@std/assert";
import { runSmokeTrial } from "../../../verify/trial/run_smoke.ts";
import type { StageOptions } from "../../../verify/trial/run_stage.ts";
import { smokeSchema } from "../../../verify/trial/smoke_recipe.ts";
import { toolTest } from "../../tool.ts";
import { GOOD_HOST, RUN, Twin, WAYS } from "./twin.ts";

const HOST = {
  argv: RUN,
  env: { PORT: "{port:main}" },
  ports: ["main"],
  ready: { http: { port: "main" } },
};

const STEPS = [
  {
    name: "health",
    http: { port: "main" },
    expect: { body: "ok\n" },
  },
  {
    name: "echo",
    http: { port: "main", path: "/echo", method: "POST", json: { a: 1 } },
    expect: { json: { "$.a": 1 } },
  },
  {
    name: "peers",
    http: { port: "main", path: "/peers" },
    expect: { json: { "$.peers[1].name": "b" } },
  },
  {
    name: "raw",
    tcp: { port: "main", send: "GET / HTTP/1.0\r\n\r\n" },
    expect: { output: { matches: "^HTTP/1\\.[01] 200" } },
  },
  {
    name: "shell",
    command: { argv: ["/bin/sh", "-c", "cat; exit 3"], stdin: "hello" },
    expect: { code: 3, stdout: "hello", stderr: "" },
  },
];

/** Findings that did not pass, as `id: code`. */
async function smoke(
  program: string,
  section: { hosts?: object; steps?: object[]; stepWallMs?: number },
  way: { tools: readonly string[]; lower?: Partial<StageOptions> },
): Promise<string[]> {
  using twin = new Twin(program);
  const run = await runSmokeTrial(
    smokeSchema.parse({ hosts: { main: HOST }, steps: STEPS, ...section }),
    twin.values,
    await twin.options(way.tools, way.lower),
  );
  assertEquals(run.why, "");
  return (run.result?.findings ?? []).filter(({ status }) => status !== "pass")
    .map(({ id, code, status }) =>
      `${id}: ${code}${status === "fail" ? "" : ` ${status}`}`
    );
}

for (const [name, tools] of WAYS) {
  const test = (what: string, body: () => Promise<void>) =>
    toolTest(`smoke trial ${name}: ${what}`, [...tools], body);

  test("passes a host that does everything right", async () => {
    assertEquals(await smoke(GOOD_HOST, {}, { tools }), []);
  });

  test("runs several hosts together", async () => {
    using twin = new Twin(GOOD_HOST);
    const second = {
      ...HOST,
      env: { PORT: "{port:second}" },
      ports: ["second"],
      ready: { log: "^ready at" },
    };
    const run = await runSmokeTrial(
      smokeSchema.parse({
        hosts: { main: HOST, second },
        steps: [
          { name: "one", http: { port: "main" } },
          { name: "two", http: { port: "second" } },
        ],
      }),
      twin.values,
      await twin.options(tools),
    );
    assertEquals(
      run.result?.findings.filter(({ status }) => status !== "pass"),
      [],
    );
    assertEquals(run.result?.findings.length, 14);
    const log = run.logs.get("second.out");
    assertEquals(new TextDecoder().decode(log), "ready at last\n");
    assertEquals(
      Object.keys(run.result?.measured ?? {}),
      [
        "host/main/readyMs",
        "host/second/readyMs",
        "port/main",
        "port/second",
      ],
    );
  });

  test("tells a host that dies", async () => {
    const found = await smoke('console.error("no"); Deno.exit(4);', {
      steps: STEPS.slice(0, 1),
    }, { tools });
    assertEquals(found, [
      "host/main/ready: host-died",
      "step/health: step-not-taken unchecked",
    ]);
  });

  test("tells a host that dies under its steps", async () => {
    const found = await smoke(
      `${GOOD_HOST} setTimeout(() => Deno.exit(0), 600);`,
      {
        steps: [{
          name: "wait",
          command: { argv: ["/bin/sleep", "1"] },
        }],
      },
      { tools },
    );
    assertEquals(found, ["host/main/alive: host-died"]);
  });

  test("tells a host that binds another port", async () => {
    const found = await smoke(
      GOOD_HOST.replace('Number(Deno.env.get("PORT"))', "0"),
      {
        hosts: { main: { ...HOST, readyWallMs: 1500 } },
        steps: STEPS.slice(0, 1),
      },
      { tools },
    );
    assertEquals(found, [
      "host/main/ready: host-not-ready",
      "host/main/ports: host-other-port",
      "step/health: step-not-taken unchecked",
    ]);
  });

  test("tells a host that opens one port more", async () => {
    const found = await smoke(
      `${GOOD_HOST} Deno.listen({ hostname: "127.0.0.1", port: 0 });`,
      {},
      { tools },
    );
    assertEquals(found, ["host/main/ports: host-other-port"]);
  });

  test("tells a host that never gets ready", async () => {
    const found = await smoke(GOOD_HOST, {
      hosts: {
        main: { ...HOST, readyWallMs: 1500, ready: { file: "never" } },
      },
      steps: STEPS.slice(0, 1),
    }, { tools });
    assertEquals(found, [
      "host/main/ready: host-not-ready",
      "step/health: step-not-taken unchecked",
    ]);
  });

  test("waits for a ready file", async () => {
    const found = await smoke(
      `${GOOD_HOST} Deno.writeTextFileSync(Deno.env.get("READY"), "");`,
      {
        hosts: {
          main: {
            ...HOST,
            env: { ...HOST.env, READY: "{temporary}/ready" },
            ready: { file: "ready" },
          },
        },
      },
      { tools },
    );
    assertEquals(found, []);
  });

  test("tells a host that ignores its signal", async () => {
    const found = await smoke(
      GOOD_HOST.replace("() => Deno.exit(0)", "() => {}"),
      {
        hosts: {
          main: { ...HOST, stop: { signal: "SIGTERM", wallMs: 500 } },
        },
      },
      { tools },
    );
    assertEquals(found, ["host/main/stop: host-ignored-stop"]);
  });

  test("tells a host that stops with another code", async () => {
    const found = await smoke(
      GOOD_HOST.replace("Deno.exit(0)", "Deno.exit(1)"),
      {},
      { tools },
    );
    assertEquals(found, ["host/main/stop: host-exit-code"]);
  });

  test("tells a host that leaves a child", async () => {
    const found = await smoke(
      `${GOOD_HOST} new Deno.Command("/usr/bin/setsid", {
        args: ["/bin/sleep", "60"], stdout: "null", stderr: "null",
      }).spawn();`,
      {},
      { tools },
    );
    assertEquals(found, ["host/main/children: host-left-process"]);
  });

  test("tells a host that floods", async () => {
    const found = await smoke(
      `${GOOD_HOST} setInterval(() => console.log("x".repeat(60000)), 10);`,
      { steps: [{ name: "wait", command: { argv: ["/bin/sleep", "1"] } }] },
      { tools, lower: { outputBytesMax: 1 << 20 } },
    );
    assertEquals(found, [
      "host/main/alive: host-died",
      "host/main/output: host-flooded",
    ]);
  });

  test("tells steps that fail, hang and flood", async () => {
    const sh = (script: string) => ({ argv: ["/bin/sh", "-c", script] });
    const found = await smoke("", {
      hosts: {},
      stepWallMs: 700,
      steps: [
        { name: "code", command: sh("exit 1") },
        { name: "text", command: sh("echo no"), expect: { stdout: "yes\n" } },
        {
          name: "error",
          command: sh("echo why >&2"),
          expect: { stderr: "" },
        },
        { name: "absent", command: { argv: ["/no/such/program"] } },
        { name: "json", command: sh("echo 1"), expect: { json: { "$.a": 1 } } },
        { name: "hangs", command: sh("sleep 60") },
        { name: "floods", command: sh("yes") },
        { name: "leaves", command: sh("sleep 60 >/dev/null 2>&1 &") },
        { name: "right", command: sh("echo yes"), expect: { stdout: "yes\n" } },
      ],
    }, { tools, lower: { outputBytesMax: 100_000 } });
    assertEquals(found, [
      "step/code: step-failed",
      "step/text: step-failed",
      "step/error: step-failed",
      "step/absent: step-failed",
      "step/json: step-failed",
      "step/hangs: step-timed-out",
      "step/floods: step-flooded",
      "step/leaves: step-failed",
    ]);
  });

  test("tells answers that are not those of the recipe", async () => {
    const found = await smoke(GOOD_HOST, {
      steps: [
        { name: "status", http: { port: "main" }, expect: { status: 503 } },
        { name: "body", http: { port: "main" }, expect: { body: "ok" } },
        {
          name: "path",
          http: { port: "main", path: "/peers" },
          expect: { json: { "$.peers[2].name": "b" } },
        },
        {
          name: "raw",
          tcp: { port: "main", send: "GET / HTTP/1.0\r\n\r\n" },
          expect: { output: { contains: "HTTP/3" } },
        },
      ],
    }, { tools });
    assertEquals(found.map((line) => line.split(": ")[1]), [
      "step-failed",
      "step-failed",
      "step-failed",
      "step-failed",
    ]);
  });
}

Deno.test("smoke trial says when its stage does not come to an end", async () => {
  using twin = new Twin("");
  const run = await runSmokeTrial(
    smokeSchema.parse({
      steps: [{ name: "long", command: { argv: ["/bin/sleep", "60"] } }],
      stepWallMs: 60_000,
    }),
    twin.values,
    await twin.options([], { wallMs: 1500 }),
  );
  assertEquals(run.result, null);
  assertStringIncludes(run.why, "still running after 1500 ms");
});

Deno.test("smokeSchema refuses what cannot be tried", () => {
  const wrong = (section: object) =>
    smokeSchema.safeParse({ hosts: { main: HOST }, steps: STEPS, ...section })
      .success;
  assertEquals(wrong({}), true);
  assertEquals(wrong({ steps: [] }), false);
  assertEquals(wrong({ steps: [STEPS[0], STEPS[0]] }), false);
  assertEquals(wrong({ hosts: {} }), false);
  assertEquals(wrong({ hosts: { main: HOST, other: HOST } }), false);
  assertEquals(
    wrong({ hosts: { main: { ...HOST, ready: { tcp: "other" } } } }),
    false,
  );
  assertEquals(
    wrong({ hosts: { main: { ...HOST, ready: { log: "(" } } } }),
    false,
  );
});
