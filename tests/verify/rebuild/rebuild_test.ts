import {
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { Isolation } from "../../../verify/rebuild/result.ts";
import { ReproofError } from "../../../verify/error.ts";
import { makeLock } from "../../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../../verify/rebuild/read_recipe.ts";
import { rebuild } from "../../../verify/rebuild/rebuild.ts";
import {
  compareBytes,
  makeProject,
  openCodes,
  processesLeft,
  processesWith,
  rebuildProject,
} from "./project.ts";
import { hasTool, toolTest } from "../../tool.ts";

/** Declares a test for each isolation. */
function bothTest(
  name: string,
  fn: (isolation: Isolation) => Promise<void>,
): void {
  Deno.test(`${name}, without isolation`, () => fn("none"));
  toolTest(`${name}, under bubblewrap`, ["bwrap"], () => fn("bubblewrap"));
}

/** Script, and the one axis that it leaks. */
const LEAKS: Record<string, { script: string; sandboxOnly?: boolean }> = {
  "build-path": { script: "pwd >out" },
  "home": { script: 'echo "home is $HOME/x" >out' },
  "user-name": { script: 'echo "by $USER" >out' },
  "host-name": { script: "uname -n >out", sandboxOnly: true },
  "time-zone": { script: 'echo "zone $TZ" >out' },
  "locale": { script: 'echo "$LC_ALL" >out' },
  "path-tail": { script: 'echo "$PATH" >out' },
  "unknown-variable": {
    script:
      "env | grep '^[A-Z]*=[a-z]*$' | grep -v -e USER -e LOGNAME >out; echo >>out",
  },
};

bothTest("rebuild finds a reproducible build identical", async (isolation) => {
  await using made = await rebuildProject({}, { isolation });
  assertEquals(made.result.verdict, "identical");
  assertEquals(openCodes(made.result.checks), ["source-not-committed"]);
  assertEquals(made.result.runs.map(({ outcome }) => outcome), [
    "built",
    "built",
  ]);
  assertEquals(
    Deno.readTextFileSync(made.outputs.get("any/out") ?? ""),
    "made\n",
  );
});

bothTest("a step is told where its source lies", async (isolation) => {
  await using made = await rebuildProject({
    script: '[ "$WHERE" = "$(pwd -P)" ] && echo made >out',
    recipe: { env: { WHERE: "{source}" } },
  }, { isolation });
  assertEquals(made.result.verdict, "identical");
});

for (const [axis, { script, sandboxOnly }] of Object.entries(LEAKS)) {
  const test = async (isolation: Isolation) => {
    await using made = await rebuildProject({ script }, { isolation });
    assertEquals(made.result.verdict, "different");
    assertEquals(
      [...new Set(made.result.attribution.map(({ axis }) => axis))],
      [axis],
    );
    assertEquals(made.result.artifacts[0]?.differences[0]?.cause?.axis, axis);
  };
  if (sandboxOnly) {
    toolTest(
      `rebuild traces a leak of ${axis}`,
      ["bwrap"],
      () => test("bubblewrap"),
    );
  } else bothTest(`rebuild traces a leak of ${axis}`, test);
}

for (
  const [axis, script] of [
    ["umask", "touch x; ls -l x | cut -c1-10 >out"],
    ["parallelism", "echo {jobs} >out"],
  ] as const
) {
  bothTest(`rebuild finds a leak of ${axis}`, async (isolation) => {
    await using made = await rebuildProject({ script }, { isolation });
    assertEquals(made.result.verdict, "different");
  });
}

for (const isolation of ["none", "bubblewrap"] as const) {
  toolTest(
    `rebuild traces a leak of time, isolation ${isolation}`,
    ["faketime", "bwrap"],
    async () => {
      await using made = await rebuildProject(
        { script: "date -u +%Y-%m-%d >out" },
        { isolation },
      );
      assertEquals(made.result.verdict, "different");
      assertEquals(made.result.attribution[0]?.axis, "time");
    },
  );
}

bothTest("rebuild calls a failed build unchecked", async (isolation) => {
  await using made = await rebuildProject(
    { script: "echo partial >out; exit 3" },
    { isolation },
  );
  assertEquals(made.result.verdict, "unchecked");
  const check = made.result.checks.find(({ id }) => id === "build/control/any");
  assertEquals(check?.code, "build-failed");
  assertStringIncludes(check?.observed ?? "", "exit code 3");
  assertEquals(made.result.artifacts[0]?.sha256, null);
});

bothTest("rebuild says that only the varied run failed", async (isolation) => {
  await using made = await rebuildProject(
    { script: 'case "$PATH" in */opt/*) exit 1 ;; esac; echo made >out' },
    { isolation },
  );
  assertEquals(made.result.verdict, "unchecked");
  assertEquals(
    made.result.checks.find(({ id }) => id === "build/varied/any")?.code,
    "build-failed-when-varied",
  );
});

bothTest("rebuild ends a build that hangs", async (isolation) => {
  const mark = `${7_000_000 + Math.floor(Math.random() * 1e6)}`;
  await using made = await rebuildProject({
    script: `sleep ${mark}`,
    recipe: { limits: { buildWallMs: 300 } },
  }, { isolation });
  assertEquals(made.result.runs[0]?.outcome, "timed-out");
  assertEquals(openCodes(made.result.checks), [
    "build-timed-out",
    "source-not-committed",
  ]);
  assertEquals(processesWith(mark), []);
});

bothTest("rebuild ends a build that prints too much", async (isolation) => {
  await using made = await rebuildProject({
    script: "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done",
    recipe: { limits: { buildLogBytes: 1 << 20 } },
  }, { isolation });
  assertEquals(openCodes(made.result.checks), [
    "build-log-limit",
    "source-not-committed",
  ]);
  const [log] = made.logs;
  assertEquals(Deno.statSync(log?.path ?? "").size, 1 << 20);
});

for (const place of [".", '"$HOME"', '"$TMPDIR"']) {
  bothTest(
    `rebuild ends a build that fills ${place}`,
    async (isolation) => {
      await using made = await rebuildProject({
        script:
          `i=0; while :; do dd if=/dev/zero of=${place}/f$i bs=1M count=8 2>/dev/null; i=$((i+1)); sleep 0.05; done`,
        recipe: { limits: { buildTreeBytes: 32 << 20 } },
      }, { isolation });
      assertEquals(openCodes(made.result.checks), [
        "build-tree-limit",
        "source-not-committed",
      ]);
    },
  );
}

bothTest("rebuild ends a build that forks", async (isolation) => {
  const mark = `${8_000_000 + Math.floor(Math.random() * 1e6)}`;
  await using made = await rebuildProject({
    script:
      `i=0; while [ $i -lt 60 ]; do sleep ${mark} & i=$((i+1)); done; wait`,
    recipe: { limits: { buildProcesses: 20 } },
  }, { isolation });
  assertEquals(openCodes(made.result.checks), [
    "build-process-limit",
    "source-not-committed",
  ]);
  assertEquals(processesWith(mark), []);
});

bothTest("rebuild ends and reports a daemon", async (isolation) => {
  const mark = `${9_000_000 + Math.floor(Math.random() * 1e6)}`;
  await using made = await rebuildProject({
    script:
      `setsid sh -c 'sleep ${mark} & exec sleep ${mark}' >/dev/null 2>&1 </dev/null & echo made >out`,
  }, { isolation });
  assertEquals(openCodes(made.result.checks), [
    "build-left-process",
    "source-not-committed",
  ]);
  assertEquals(processesWith(mark), []);
});

bothTest(
  "rebuild ends a daemon that hid its environment",
  async (isolation) => {
    const mark = `${6_000_000 + Math.floor(Math.random() * 1e6)}`;
    await using made = await rebuildProject({
      script:
        `sleep 0.5; env -i /usr/bin/setsid /bin/sleep ${mark} >/dev/null 2>&1 </dev/null & echo made >out; sleep 1`,
    }, { isolation });
    assertEquals(openCodes(made.result.checks), [
      "build-left-process",
      "source-not-committed",
    ]);
    assertEquals(processesWith(mark), []);
  },
);

bothTest("rebuild reports a missing output", async (isolation) => {
  await using made = await rebuildProject({ script: ":" }, { isolation });
  assertEquals(made.result.runs[0]?.outcome, "output-missing");
  assertEquals(openCodes(made.result.checks), [
    "build-output-missing",
    "source-not-committed",
  ]);
});

bothTest("rebuild reports an empty output", async (isolation) => {
  await using made = await rebuildProject({ script: ": >out" }, { isolation });
  assertEquals(made.result.verdict, "unchecked");
  assertEquals(openCodes(made.result.checks), [
    "build-output-empty",
    "source-not-committed",
  ]);
});

for (
  const script of [
    "ln -s /etc/passwd out",
    "mkdir out",
    "mkfifo out",
  ]
) {
  bothTest(`rebuild refuses the output of "${script}"`, async (isolation) => {
    await using made = await rebuildProject({ script }, { isolation });
    assertEquals(openCodes(made.result.checks), [
      "build-output-refused",
      "source-not-committed",
    ]);
  });
}

bothTest("rebuild takes no target's file for another's", async (isolation) => {
  const sh = (script: string) => ({
    build: [{ argv: ["{tool:sh}", "-c", script] }],
    artifacts: [{ name: "out", path: "out" }],
  });
  await using made = await rebuildProject({
    recipe: { targets: { first: sh("echo first >out"), second: sh(":") } },
  }, { isolation });
  assertEquals(
    made.result.artifacts.map(({ target, verdict }) => [target, verdict]),
    [["first", "identical"], ["second", "unchecked"]],
  );
});

bothTest("rebuild hands prepared files to both runs", async (isolation) => {
  await using made = await rebuildProject({
    script: 'cat "{prepared}/made" >out; echo more >>"{prepared}/made"',
    recipe: {
      prepare: [{
        argv: ["{tool:sh}", "-c", "cat main.txt >{prepared}/made"],
      }],
    },
  }, { isolation });
  assertEquals(made.result.verdict, "identical");
  assertEquals(
    Deno.readTextFileSync(made.outputs.get("any/out") ?? ""),
    "source\n",
  );
});

bothTest("rebuild stops when prepare fails", async (isolation) => {
  await using made = await rebuildProject({
    recipe: { prepare: [{ argv: ["{tool:sh}", "-c", "exit 4"] }] },
  }, { isolation });
  assertEquals(made.result.verdict, "unchecked");
  assertEquals(made.result.runs, []);
  assertEquals(openCodes(made.result.checks), [
    "prepare-failed",
    "source-not-committed",
  ]);
});

bothTest(
  "rebuild draws the same axes from the same seed",
  async (isolation) => {
    const axes = async (seed: string) => {
      await using made = await rebuildProject({}, { isolation, seed });
      return made.result.runs.map(({ axes }) => axes);
    };
    const first = await axes("one");
    assertEquals(await axes("one"), first);
    assertNotEquals(await axes("two"), first);
  },
);

bothTest("rebuild says the same of the same twice", async (isolation) => {
  const result = async () => {
    await using made = await rebuildProject({
      script: "echo said; echo made >out",
      recipe: { prepare: [{ argv: ["/bin/sh", "-c", "echo >{prepared}/x"] }] },
    }, { isolation });
    return JSON.stringify(made.result);
  };
  assertEquals(await result(), await result());
});

bothTest("rebuild leaves nothing when it is stopped", async (isolation) => {
  const mark = `${5_000_000 + Math.floor(Math.random() * 1e6)}`;
  const temporary = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--no-check",
        fromFileUrl(new URL("stopped.ts", import.meta.url)),
        isolation,
        mark,
      ],
      env: { TMPDIR: temporary },
      stderr: "inherit",
    }).output();
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      // The project and the directory of the rebuild.
      underWay: 2,
      message: "stopped",
      left: [],
    });
    assertEquals(await processesLeft(mark), []);
  } finally {
    Deno.removeSync(temporary, { recursive: true });
  }
});

if (hasTool("bwrap")) {
  Deno.env.set("REPROOF_TEST_SECRET", "kept");
}

for (
  const [what, script] of Object.entries({
    "see a network": '[ "$(grep -c : /proc/net/dev)" = 1 ] && exit 9; exit 0',
    "write outside its tree":
      "touch /usr/x && exit 0; touch /x && exit 0; touch /etc/x && exit 0; exit 9",
    "see the caller's environment":
      '[ -z "$REPROOF_TEST_SECRET" ] && exit 9; exit 0',
    "see processes of the host": '[ -d "/proc/HOSTPID" ] || exit 9',
    "make a user namespace": "unshare -U true || exit 9",
    "read the recipe's own directory": "ls PROJECT || exit 9",
  })
) {
  toolTest(`a sandboxed build cannot ${what}`, ["bwrap"], async () => {
    await using made = await rebuildProject({
      script: `set +e; echo made >out; ${
        script.replaceAll("HOSTPID", String(Deno.pid))
          .replaceAll("PROJECT", Deno.cwd())
      }`,
    }, { isolation: "bubblewrap" });
    assertEquals(openCodes(made.result.checks), [
      "build-failed",
      "source-not-committed",
    ]);
    const check = made.result.checks.find(({ id }) =>
      id === "build/control/any"
    );
    assertEquals(check?.observed, "exit code 9 in step 1 of 1");
  });
}

toolTest("a sandboxed build cannot use the network", [
  "bash",
  "bwrap",
], async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const script =
    `bash -c 'echo >/dev/tcp/127.0.0.1/${listener.addr.port}' || exit 9; echo made >out`;
  for (
    const [isolation, outcome] of [
      ["bubblewrap", "failed"],
      ["none", "built"],
    ] as const
  ) {
    await using made = await rebuildProject({ script }, { isolation });
    assertEquals(made.result.runs[0]?.outcome, outcome);
  }
  listener.close();
  await accepting;
});

toolTest("a sandboxed build cannot read the other run", ["bwrap"], async () => {
  // The other run would lie beside the run's own directory.
  await using made = await rebuildProject({
    script:
      'echo made >out; ls /reproof /tmp /home /root 2>/dev/null | grep -v -e control -e varied -e : && ls ..; ls /reproof | wc -l >n; [ "$(cat n)" = 1 ] && exit 9',
  }, { isolation: "bubblewrap" });
  assertEquals(openCodes(made.result.checks), [
    "build-failed",
    "source-not-committed",
  ]);
});

toolTest("a sandboxed build cannot read a key in HOME", ["bwrap"], async () => {
  const key = `${Deno.env.get("HOME") ?? "/root"}/.reproof-test-key`;
  Deno.writeTextFileSync(key, "secret");
  try {
    await using made = await rebuildProject({
      script: `cat ${key} >out || exit 9`,
    }, { isolation: "bubblewrap" });
    assertEquals(openCodes(made.result.checks), [
      "build-failed",
      "source-not-committed",
    ]);
  } finally {
    Deno.removeSync(key);
  }
});

toolTest(
  "a sandboxed build reads nothing of a hidden path",
  ["bwrap"],
  async () => {
    const hidden = "/opt/reproof-test-key";
    try {
      Deno.writeTextFileSync(hidden, "secret");
    } catch {
      return; // Not permitted to put a key there.
    }
    try {
      for (
        const [paths, verdict] of [[[], "identical"], [[hidden], "unchecked"]]
      ) {
        await using made = await rebuildProject({
          script: `cat ${hidden} >out`,
        }, { isolation: "bubblewrap", hidden: paths as string[] });
        assertEquals(made.result.verdict, verdict);
      }
    } finally {
      Deno.removeSync(hidden);
    }
  },
);

toolTest("a toolchain in the recipe's directory shows, its neighbours do not", [
  "bwrap",
], async () => {
  await using project = await makeProject({
    files: { "tools/bin/tool": "#!/bin/sh\necho tool 1\n", key: "secret" },
    lock: false,
  });
  const { path } = project;
  Deno.chmodSync(`${path}/tools/bin/tool`, 0o755);
  const recipe = JSON.parse(Deno.readTextFileSync(`${path}/reproof.json`));
  recipe.source = { exclude: ["tools", "key"] };
  recipe.toolchains.tool = { executable: `${path}/tools/bin/tool` };
  recipe.targets.any.build = [{
    argv: [
      "{tool:sh}",
      "-c",
      `{tool:tool} >out; [ -e '${path}/key' ] && echo leak >out; ls '${path}' >>out`,
    ],
  }];
  Deno.writeTextFileSync(`${path}/reproof.json`, JSON.stringify(recipe));
  const lock = await makeLock(readRecipe(path), { recipeDirectory: path });
  await using made = await rebuild(path, {
    isolation: "bubblewrap",
    lock,
    runDistanceMs: 0,
  });
  assertEquals(
    Deno.readTextFileSync(made.outputs.get("any/out") ?? ""),
    "tool 1\ntools\n",
  );
});

Deno.test("rebuild hands a tolerance to its own artifact alone", async () => {
  const given: string[][] = [];
  const tolerance = (artifact: string) => ({
    id: artifact.replace("/", "-"),
    artifact,
    field: "data",
    bytesMax: 1,
  });
  await using _ = await rebuildProject({}, {
    compareOptions: {
      tolerances: ["out", "any/out", "other"].map(tolerance),
    },
    compare: (left, right, options) => {
      given.push((options.tolerances ?? []).map(({ id }) => id));
      return compareBytes(left, right, options);
    },
  });
  assertEquals(given, [["out", "any-out"]]);
});

Deno.test("rebuild refuses a comparison of other bytes", async () => {
  const error = await assertRejects(() =>
    rebuildProject({}, {
      compare: async (left, right, options) => {
        Deno.writeTextFileSync(right, "other");
        Deno.writeTextFileSync(left, "other");
        return await compareBytes(left, right, options);
      },
    }), ReproofError);
  assertEquals(error.code, "file-changed");
});
