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

const WAIT = {
  name: "wait",
  command: { argv: ["/bin/sh", "-c", "sleep 1", "{artifact}"] },
  expect: { code: 0 },
};

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
          { name: "one", http: { port: "main" }, expect: { status: 200 } },
          { name: "two", http: { port: "second" }, expect: { status: 200 } },
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
        steps: [WAIT],
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

  test("tells a host for whom another process answers", async () => {
    // The first opens the port of the second, which opens none and stays.
    const found = await smoke(
      `${GOOD_HOST} if (Deno.args[0] === "both") Deno.serve(
        { hostname: "127.0.0.1", port: Number(Deno.env.get("OTHER")),
          onListen: () => {} },
        () => new Response("ok\\n"),
      );`,
      {
        hosts: {
          main: {
            ...HOST,
            argv: [...RUN, "both"],
            env: { ...HOST.env, OTHER: "{port:second}" },
          },
          second: {
            argv: ["/bin/sh", "-c", "exec sleep 60", "{artifact}"],
            ports: ["second"],
            ready: { http: { port: "second" } },
            readyWallMs: 1500,
            stop: { code: 143 },
          },
        },
        steps: [{
          name: "ask",
          http: { port: "second" },
          expect: { body: "ok\n" },
        }],
      },
      { tools },
    );
    assertEquals(found, [
      "host/main/ports: host-other-port",
      "host/second/ready: host-not-ready",
      "host/second/ports: host-foreign-port",
      "step/ask: step-not-taken unchecked",
    ]);
  });

  test("holds a literal answer over TCP against all that comes", async () => {
    const late = `const listener = Deno.listen({
        hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")) });
      console.log("ready");
      for await (const peer of listener) {
        await peer.write(new TextEncoder().encode("yes"));
        setTimeout(async () => {
          await peer.write(new TextEncoder().encode(" but no")).catch(() => 0);
          peer.close();
        }, 50);
      }`;
    const raw = (output: unknown) => ({
      hosts: {
        main: { ...HOST, ready: { log: "^ready" }, stop: { code: 143 } },
      },
      steps: [{ name: "raw", tcp: { port: "main" }, expect: { output } }],
    });
    assertEquals(await smoke(late, raw("yes"), { tools }), [
      "step/raw: step-failed",
    ]);
    assertEquals(await smoke(late, raw("yes but no"), { tools }), []);
    assertEquals(await smoke(late, raw({ contains: "yes" }), { tools }), []);
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

  test("waits for a port, and for the very status", async () => {
    const late = `await new Promise((resolve) => setTimeout(resolve, 300));`;
    const starting = GOOD_HOST.replace(
      'return new Response("ok\\n");',
      'return new Response("ok\\n", { status: count++ < 3 ? 503 : 200 });',
    );
    const ready = (program: string, ready: object, readyWallMs = 10_000) =>
      smoke(program, {
        hosts: { main: { ...HOST, ready, readyWallMs } },
        steps: STEPS.slice(0, 1),
      }, { tools });
    const http = (status: number) => ({ http: { port: "main", status } });
    const counting = `let count = 0;${starting}`;
    assertEquals(counting.includes("503"), true);
    assertEquals(await ready(late + GOOD_HOST, { tcp: "main" }), []);
    assertEquals(await ready(counting, http(200)), []);
    const never = [
      "host/main/ready: host-not-ready",
      "step/health: step-not-taken unchecked",
    ];
    assertEquals(await ready(GOOD_HOST, http(503), 1500), never);
    assertEquals(
      await ready("setInterval(() => {}, 1000);", { tcp: "main" }, 1500),
      never,
    );
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
      { steps: [WAIT] },
      { tools, lower: { outputBytesMax: 1 << 20 } },
    );
    assertEquals(found, [
      "host/main/alive: host-died",
      "host/main/output: host-flooded",
    ]);
  });

  test("tells steps that fail, hang and flood", async () => {
    const sh = (script: string) => ({
      argv: ["/bin/sh", "-c", script, "{artifact}"],
    });
    const expect = { code: 0 };
    const found = await smoke("", {
      hosts: {},
      stepWallMs: 700,
      steps: [
        { name: "code", command: sh("exit 1"), expect },
        { name: "text", command: sh("echo no"), expect: { stdout: "yes\n" } },
        {
          name: "error",
          command: sh("echo why >&2"),
          expect: { stderr: "" },
        },
        { name: "absent", command: { argv: ["/no/such/program"] }, expect },
        { name: "json", command: sh("echo 1"), expect: { json: { "$.a": 1 } } },
        { name: "hangs", command: sh("sleep 60"), expect },
        { name: "floods", command: sh("yes"), expect },
        {
          name: "leaves",
          command: sh("sleep 60 >/dev/null 2>&1 &"),
          expect,
        },
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
      steps: [{
        name: "long",
        command: { argv: ["/bin/sh", "-c", "sleep 60", "{artifact}"] },
        expect: { code: 0 },
      }],
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

Deno.test("smokeSchema refuses a step that would pass whatever comes", () => {
  const allowed = (step: object) =>
    smokeSchema.safeParse({ hosts: { main: HOST }, steps: [step] }).success;
  const http = { name: "a", http: { port: "main" } };
  const tcp = { name: "a", tcp: { port: "main" } };
  const command = { name: "a", command: { argv: ["{artifact}"] } };
  assertEquals(allowed({ ...http, expect: { status: 200 } }), true);
  assertEquals(allowed({ ...command, expect: { code: 0 } }), true);
  assertEquals(allowed({ ...command, expect: { stderr: "" } }), true);
  assertEquals(
    allowed({ ...command, expect: { stderr: { matches: "^(warn.*\n)?$" } } }),
    true,
  );
  for (const step of [http, tcp, command]) {
    assertEquals(allowed(step), false);
    assertEquals(allowed({ ...step, expect: {} }), false);
  }
  assertEquals(allowed({ ...http, expect: { json: {} } }), false);
  assertEquals(allowed({ ...tcp, expect: { output: "" } }), false);
  for (const matches of [".*", "^", "", "[^]*", "x?"]) {
    assertEquals(allowed({ ...tcp, expect: { output: { matches } } }), false);
  }
  assertEquals(
    allowed({ ...command, expect: { stdout: { contains: "" } } }),
    false,
  );
});

Deno.test("smokeSchema refuses steps in which the artifact has no part", () => {
  const allowed = (hosts: object, step: object) =>
    smokeSchema.safeParse({
      hosts,
      steps: [{ name: "a", expect: { code: 0 }, ...step }],
    }).success;
  const bystander = { ...HOST, argv: ["/bin/true"] };
  const asks = { command: { argv: ["curl", "127.0.0.1:{port:main}"] } };
  assertEquals(allowed({ main: HOST }, asks), true);
  assertEquals(allowed({ main: bystander }, asks), false);
  assertEquals(allowed({}, { command: { argv: ["/bin/true"] } }), false);
  const inEnv = { argv: ["sh", "-c", "$A"], env: { A: "{artifact}" } };
  assertEquals(allowed({}, { command: inEnv }), true);
  const http = { http: { port: "main" }, expect: { status: 200 } };
  assertEquals(allowed({ main: bystander }, http), false);
});
