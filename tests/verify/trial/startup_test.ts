import { assert, assertEquals } from "@std/assert";
import { runStartupTrial } from "../../../verify/trial/run_startup.ts";
import {
  type Startup,
  startupSchema,
} from "../../../verify/trial/startup_recipe.ts";
import { toolTest } from "../../tool.ts";
import { GOOD_HOST, RUN, Twin, WAYS } from "./twin.ts";

const LINE = "mode=aot profile=release contract=aot-v1";
const REFERENCE = {
  argv: ["/bin/sh", "-c", "sleep 0.02; echo up; sleep 0.02"],
  probe: { argv: ["/bin/echo", "mode=jit profile=release"] },
};

/** Runs a trial of a script, by what its recipe says. */
async function startup(
  artifact: string,
  section: object = {},
  options: {
    readonly tools?: readonly string[];
    readonly buildInfo?: string | null;
  } = {},
) {
  using twin = new Twin(artifact);
  const run = await runStartupTrial(
    {
      startup: startupSchema.parse({
        reference: REFERENCE,
        artifact: { argv: ["/bin/sh", "{artifact}"] },
        samples: 10,
        warmup: 1,
        ...section,
      }) as Startup,
      buildInfo: options.buildInfo === undefined ? LINE : options.buildInfo,
    },
    twin.values,
    await twin.options(options.tools ?? []),
  );
  assertEquals(run.why, "");
  return run.result;
}

/** Findings that did not pass. */
function open(result: Awaited<ReturnType<typeof startup>>): string[] {
  return (result?.findings ?? []).filter(({ status }) => status !== "pass")
    .map(({ id, code, status }) => `${id}: ${code} ${status}`);
}

for (const [name, tools] of WAYS) {
  toolTest(`startup trial ${name}: times both sides`, [...tools], async () => {
    const result = await startup("echo up; sleep 0.01", {}, { tools });
    assertEquals(open(result), []);
    const { reference = [], artifact = [], firstLine } = result?.samples ?? {};
    assertEquals([reference.length, artifact.length], [10, 10]);
    assert(reference.every((value) => value >= 40));
    assert(artifact.every((value) => value >= 10));
    // The line comes before the sleep at the end.
    const pairs = [
      [reference, firstLine?.reference ?? []],
      [artifact, firstLine?.artifact ?? []],
    ] as const;
    for (const [exit, line] of pairs) {
      assertEquals(line.length, 10);
      assert(line.every((value, n) => value > 0 && value <= (exit[n] ?? 0)));
      assert(line.some((value, n) => value < (exit[n] ?? 0)));
    }
  });

  toolTest(`startup trial ${name}: times hosts`, [...tools], async () => {
    const argv = RUN.map((word) =>
      word === "{artifact}" ? "{source}/reference.ts" : word
    );
    using twin = new Twin(GOOD_HOST);
    Deno.writeTextFileSync(
      `${twin.path}/reference.ts`,
      `await new Promise((resolve) => setTimeout(resolve, 50));${GOOD_HOST}`,
    );
    const port = { PORT: "{port:main}" };
    const trial = (body: string) =>
      startupSchema.parse({
        reference: { ...REFERENCE, argv: ["/bin/echo", "up"] },
        artifact: { argv: ["/bin/sh", "-c", "echo up", "{artifact}"] },
        samples: 1,
        warmup: 1,
        host: {
          reference: { argv, env: port },
          artifact: { argv: RUN, env: port },
          ports: ["main"],
          ready: { http: { port: "main" } },
          readyWallMs: 120_000,
          samples: 2,
          requests: { port: "main", body, count: 20, concurrency: 2 },
        },
      }) as Startup;
    const run = async (body: string) => {
      const { result } = await runStartupTrial(
        { startup: trial(body), buildInfo: LINE },
        twin.values,
        await twin.options(tools),
      );
      return result;
    };
    const good = await run("ok\n");
    assertEquals(open(good), []);
    const { ready, requests } = good?.samples ?? {};
    assert(ready?.reference.every((value) => value >= 50));
    for (
      const side of [ready?.artifact, requests?.reference, requests?.artifact]
    ) {
      assertEquals(side?.length, 2);
      assert(side?.every((value) => value > 0));
    }
    const wrong = await run("ok");
    assertEquals(open(wrong), [
      "host/reference/requests: startup-run-failed fail",
    ]);
    assertEquals(wrong?.samples, undefined);
  });
}

const NO_FIGURE: [string, string, object, string][] = [
  ["a run that fails", "exit 1", {}, "startup-run-failed fail"],
  ["a run that hangs", "sleep 60", { wallMs: 300 }, "startup-run-failed fail"],
  [
    "a run that leaves a process with its output",
    "echo up; sleep 60 & exit 0",
    { wallMs: 300 },
    "startup-run-failed fail",
  ],
  [
    "a run that floods",
    "yes",
    {
      stdout: { contains: "y" },
      reference: { ...REFERENCE, argv: ["/bin/echo", "y"] },
    },
    "startup-run-failed fail",
  ],
  [
    "a side that does not start",
    "",
    { reference: { ...REFERENCE, argv: ["/no/such/program"] } },
    "startup-run-failed fail",
  ],
  ["an artifact that ends early", "exit 0", {}, "startup-other-output fail"],
  ["an artifact that does less", "echo u", {}, "startup-other-output fail"],
  [
    "an artifact that says too little",
    "echo up",
    { stdout: { contains: "up and running" } },
    "startup-other-output fail",
  ],
  [
    "sides that print nothing",
    "exit 0",
    { reference: { ...REFERENCE, argv: ["/bin/true"] } },
    "startup-other-output unchecked",
  ],
];
for (const [what, script, section, code] of NO_FIGURE) {
  Deno.test(`startup trial takes no time from ${what}`, async () => {
    const result = await startup(script, section);
    assertEquals(open(result), [`runs: ${code}`]);
    assertEquals(result?.samples, undefined);
  });
}

Deno.test("startup trial takes runs that differ as they may", async () => {
  const result = await startup("echo up $$", {
    reference: { ...REFERENCE, argv: ["/bin/sh", "-c", "echo up $$"] },
    stdout: { matches: "^up \\d+\\n$" },
  });
  assertEquals(open(result), []);
});

Deno.test("startup trial lets the sides take turns, and warms up apart", async () => {
  const notes = Deno.makeTempFileSync();
  try {
    const note = (side: string) => `echo ${side} >>${notes}; echo up`;
    const result = await startup(note("artifact"), {
      reference: { ...REFERENCE, argv: ["/bin/sh", "-c", note("reference")] },
      samples: 3,
      warmup: 2,
    });
    assertEquals(open(result), []);
    const { reference, artifact } = result?.samples ?? {};
    assertEquals([reference?.length, artifact?.length], [3, 3]);
    const pair = ["reference", "artifact"];
    assertEquals(
      Deno.readTextFileSync(notes).trim().split("\n"),
      [0, 1, 2, 3, 4].flatMap((n) => n % 2 === 0 ? pair : pair.toReversed()),
    );
  } finally {
    Deno.removeSync(notes);
  }
});

Deno.test("startup trial wants release builds on both sides", async () => {
  const probe = (...argv: string[]) => ({
    reference: { ...REFERENCE, probe: { argv } },
  });
  const cases: [object, string | null, string[]][] = [
    [{ reference: { argv: REFERENCE.argv } }, LINE, [
      "profile/reference: startup-profile-unknown unchecked",
    ]],
    [probe("/bin/echo", "profile=debug"), LINE, [
      "profile/reference: startup-not-release fail",
    ]],
    [probe("/bin/echo", "profile=release profile=debug"), LINE, [
      "profile/reference: startup-profile-unknown unchecked",
    ]],
    [probe("/bin/echo", "profile=release\n"), LINE, [
      "profile/reference: startup-profile-unknown unchecked",
    ]],
    [probe("/bin/sh", "-c", "echo profile=release; exit 1"), LINE, [
      "profile/reference: startup-profile-unknown unchecked",
    ]],
    [{}, LINE.replace("release", "debug"), [
      "profile/artifact: startup-not-release fail",
    ]],
    [{}, "mode=aot", ["profile/artifact: startup-profile-unknown unchecked"]],
    [{}, null, ["profile/artifact: startup-profile-unknown unchecked"]],
  ];
  for (const [section, buildInfo, found] of cases) {
    const result = await startup(
      "echo up",
      { samples: 1, ...section },
      { buildInfo },
    );
    assertEquals(open(result), found);
  }
});

Deno.test("startup trial refuses a reference that is the artifact", async () => {
  using twin = new Twin("echo up");
  Deno.symlinkSync(twin.artifact, `${twin.path}/vm.sh`);
  const { result } = await runStartupTrial(
    {
      startup: startupSchema.parse({
        reference: { ...REFERENCE, argv: ["/bin/sh", "{source}/vm.sh"] },
        artifact: { argv: ["/bin/sh", "{artifact}"] },
        samples: 1,
      }) as Startup,
      buildInfo: LINE,
    },
    twin.values,
    await twin.options([]),
  );
  assertEquals(open(result), ["reference: reference-is-artifact fail"]);
});

Deno.test("startupSchema wants the artifact on its own side alone", () => {
  const side = (...argv: string[]) => ({ argv });
  const parses = (section: object) =>
    startupSchema.safeParse({
      reference: side("vm"),
      artifact: side("{artifact}"),
      ...section,
    }).success;
  assertEquals(parses({}), true);
  assertEquals(parses({ artifact: side("vm") }), false);
  assertEquals(parses({ reference: side("{artifact}") }), false);
  const hidden = { argv: ["sh", "-c", "$VM"], env: { VM: "{artifact}" } };
  assertEquals(parses({ reference: hidden }), false);
  assertEquals(parses({ stdout: "" }), false);
  const host = {
    reference: side("vm"),
    artifact: side("{artifact}"),
    ports: ["main"],
    ready: { tcp: "main" },
  };
  assertEquals(parses({ host }), true);
  assertEquals(parses({ host: { ...host, reference: hidden } }), false);
  assertEquals(parses({ host: { ...host, ports: [] } }), false);
  assertEquals(
    parses({ host: { ...host, requests: { port: "other", body: "a" } } }),
    false,
  );
});
