import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { inspectHost } from "../../verify/rebuild/host.ts";
import { Progress } from "../../release/cli/progress.ts";
import { makeProject, processesWith } from "../verify/rebuild/project.ts";
import { hasTool, toolTest } from "../tool.ts";
import { runProgram } from "./program.ts";

const MAIN = fromFileUrl(new URL("../../mod.ts", import.meta.url));
const UNSHARE = (await inspectHost()).unshareReason === null;
const ISOLATIONS = [
  "none",
  ...(hasTool("bwrap") ? ["bubblewrap"] : []),
  ...(UNSHARE ? ["unshare"] : []),
];

Deno.test("rebuild answers first and exits 0 for a reproducible build", async () => {
  await using project = await makeProject();
  const run = await runProgram(
    // The cache may know this seed from the last time the tests ran.
    ["rebuild", project.path, "--seed", "1", "--fresh"],
  );
  assertEquals(run.code, 0, run.stderr);
  assertMatch(
    run.stdout,
    /^sample: reproducible; 1 of 1 artifacts identical\n/,
  );
  assertStringIncludes(run.stdout, "Seed: 1\n");
  assertStringIncludes(
    run.stdout,
    "Repeats: none; two builds exclude no rate at which a random difference shows",
  );
  assertStringIncludes(run.stderr, "reproof: control any: started\n");
});

Deno.test("rebuild exits 1 and prints one JSON document for a leak", async () => {
  await using project = await makeProject({ script: 'echo "at $HOME" >out' });
  const run = await runProgram(["rebuild", project.path, "--json", "--quiet"]);
  assertEquals(run.code, 1, run.stderr);
  assertEquals(run.stderr, "");
  const result = JSON.parse(run.stdout);
  assertEquals(result.schemaVersion, 1);
  assertEquals(result.verdict, "different");
  assertEquals(result.attribution[0].axis, "home");
});

Deno.test("rebuild exits 3 for a build that fails", async () => {
  await using project = await makeProject({ script: "exit 1" });
  const run = await runProgram(["rebuild", project.path]);
  assertEquals(run.code, 3, run.stderr);
  assertMatch(run.stdout, /^sample: could not tell/);
  assertStringIncludes(run.stdout, "[build-failed]");
});

Deno.test("rebuild exits 3 for a finding beside identical artifacts", async () => {
  await using project = await makeProject({
    script: "setsid sleep 4194304 >/dev/null 2>&1 </dev/null & echo made >out",
  });
  const run = await runProgram(["rebuild", project.path]);
  assertEquals(run.code, 3, run.stderr);
  assertStringIncludes(run.stdout, "[build-left-process]");
});

Deno.test("rebuild escapes what a build printed or named", async () => {
  await using project = await makeProject({
    script: "printf '\\033[2J%s' \"$HOME\" >out; printf '\\033]0;x\\007'",
  });
  const run = await runProgram(["rebuild", project.path]);
  assertEquals(run.code, 1, run.stderr);
  // deno-lint-ignore no-control-regex
  assertNotMatch(run.stdout + run.stderr, /[\u001b\u0007]/);
});

for (
  const [what, recipe, message] of [
    [
      "an unknown key",
      { tragets: {} },
      /error\[recipe-invalid\].*"tragets".*Did you mean "targets"\?\n$/,
    ],
    [
      "an unknown placeholder",
      { env: { A: "{verison}" } },
      /error\[recipe-invalid\].*Did you mean "\{version\}"/,
    ],
    [
      "an artifact outside the source",
      {
        targets: {
          any: {
            build: [{ argv: ["true"] }],
            artifacts: [{ name: "a", path: "../a" }],
          },
        },
      },
      /error\[recipe-invalid\].*a relative path inside the source/,
    ],
    [
      "two artifacts of one name",
      {
        targets: {
          any: {
            build: [{ argv: ["true"] }],
            artifacts: [{ name: "a", path: "a" }, { name: "a", path: "b" }],
          },
        },
      },
      /error\[recipe-invalid\].*each name once, found "a" twice/,
    ],
    [
      "two artifacts whose names differ in case alone",
      {
        targets: {
          any: {
            build: [{ argv: ["true"] }],
            artifacts: [{ name: "A", path: "a" }, { name: "a", path: "b" }],
          },
        },
      },
      /error\[recipe-invalid\].*each name once, found "a" twice/,
    ],
  ] as const
) {
  Deno.test(`rebuild refuses a recipe with ${what}`, async () => {
    await using project = await makeProject({ recipe, lock: false });
    const run = await runProgram(["rebuild", project.path]);
    assertEquals(run.code, 2, run.stderr);
    assertEquals(run.stdout, "");
    assertMatch(run.stderr, message);
    assertEquals(run.stderr.trimEnd().split("\n").length, 1);
  });
}

Deno.test("rebuild asks for a lock", async () => {
  await using project = await makeProject({ lock: false });
  const run = await runProgram(["rebuild", project.path]);
  assertEquals(run.code, 2);
  assertStringIncludes(run.stderr, "error[lock-missing]");
});

Deno.test("rebuild asks for a recipe", async () => {
  const run = await runProgram(["rebuild", "/nonexistent"]);
  assertEquals(run.code, 2);
  assertStringIncludes(run.stderr, "error[file-not-readable]");
});

Deno.test("rebuild refuses flags without meaning", async () => {
  for (
    const flags of [
      ["--jobs", "0"],
      ["--isolation", "some"],
      ["--seed", "two words"],
      ["--target", "other"],
      ["--evidence", "/tmp"],
      ["--sed", "1"],
    ]
  ) {
    await using project = await makeProject();
    const run = await runProgram(["rebuild", project.path, ...flags]);
    assertEquals(run.code, 2, flags.join(" ") + run.stderr);
  }
});

Deno.test("rebuild keeps evidence where it is told to", async () => {
  await using project = await makeProject({
    script: "echo said; echo made >out",
  });
  const evidence = `${project.path}/evidence`;
  const run = await runProgram([
    ...["rebuild", project.path, "--evidence", evidence],
    ...["--keep", `${project.path}/kept`, "--jobs", "1"],
  ]);
  assertEquals(run.code, 0, run.stderr);
  const result = JSON.parse(Deno.readTextFileSync(`${evidence}/rebuild.json`));
  assertEquals(result.runs.length, 2);
  assertEquals(
    Deno.readTextFileSync(`${evidence}/logs/control-any-1.log`),
    "said\n",
  );
  assertEquals(
    Deno.readTextFileSync(`${project.path}/kept/outputs/varied/any/out`),
    "made\n",
  );
});

Deno.test("progress is one line on a terminal, plain lines elsewhere", () => {
  const shown = (isTerminal: boolean, quiet = false) => {
    let text = "";
    using progress = new Progress({
      err: (more) => text += more,
      isTerminal,
      quiet,
    });
    progress.listener({ activity: "a\u001b[2J", state: "start" });
    progress.listener({
      activity: "a\u001b[2J",
      state: "end",
      detail: "built",
    });
    return text.replace(/[0-9.]+ s/g, "N s");
  };
  assertEquals(
    shown(false),
    "reproof: a\\u{1b}[2J: started\nreproof: a\\u{1b}[2J: built after N s\n",
  );
  assertEquals(
    shown(true).replaceAll("\r\u001b[K", "<"),
    "<… a\\u{1b}[2J N s<reproof: a\\u{1b}[2J: built after N s\n<",
  );
  assertEquals(shown(true, true), "");
});

/** What of a rebuild and of libfaketime in its builds lies in memory. */
function inMemory(pid: number, before: ReadonlySet<string>): string[] {
  return sharedNames().filter((name) =>
    name.startsWith(`reproof-${pid}-`) ||
    name.includes("faketime_") && !before.has(name) &&
      !isRunning(Number(/\d+$/.exec(name)?.[0]))
  );
}

function sharedNames(): string[] {
  try {
    return [...Deno.readDirSync("/dev/shm")].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Names of libfaketime's end in the number of a process. */
function isRunning(pid: number): boolean {
  try {
    return Deno.statSync(`/proc/${pid}`).isDirectory;
  } catch {
    return false;
  }
}

/** Starts a rebuild that hangs, sends a signal, and tells what is left. */
async function leftAfter(
  isolation: string,
  signal: Deno.Signal,
): Promise<{ code: number; processes: number[]; files: string[] }> {
  const before = new Set(sharedNames());
  const mark = String(1e7 + Math.floor(Math.random() * 1e7));
  await using project = await makeProject({ script: `sleep ${mark}` });
  const temporary = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--cached-only", MAIN, "rebuild", project.path],
        ...["--isolation", isolation, "--quiet"],
      ],
      env: { TMPDIR: temporary },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await until(() => processesWith(`sleep\0${mark}`).length > 0);
    child.kill(signal);
    const { code } = await child.status;
    const left = () => ({
      processes: processesWith(mark),
      files: [...Deno.readDirSync(temporary)].map(({ name }) => name)
        .concat(inMemory(child.pid, before)),
    });
    // After SIGKILL the watchdog takes a moment; others come and go in memory.
    await until(() => {
      const { processes, files } = left();
      return processes.length === 0 && files.length === 0;
    });
    return { code, ...left() };
  } finally {
    Deno.removeSync(temporary, { recursive: true });
  }
}

/** Waits for a condition; gives up after many looks. */
async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 600 && !holds(); look++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const isolation of ISOLATIONS) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    toolTest(
      `${signal} leaves nothing, isolation ${isolation}`,
      [],
      async () => {
        assertEquals(await leftAfter(isolation, signal), {
          code: 130,
          processes: [],
          files: [],
        });
      },
    );
  }
  toolTest(`SIGKILL leaves nothing, isolation ${isolation}`, [], async () => {
    const { processes, files } = await leftAfter(isolation, "SIGKILL");
    assertEquals({ processes, files }, { processes: [], files: [] });
  });
}

/** Kills a rebuild when it has said so many lines of what it does. */
async function killedAfter(isolation: string, lines: number) {
  const before = new Set(sharedNames());
  await using project = await makeProject({
    script: "sleep 0.1; pwd | sha256sum >out",
  });
  const temporary = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--cached-only", MAIN, "rebuild", project.path],
        ...["--isolation", isolation, "--jobs", "1"],
      ],
      env: { TMPDIR: temporary },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = 0;
    for await (const chunk of child.stderr) {
      said += chunk.filter((byte) => byte === 0x0a).length;
      if (said >= lines) break;
    }
    child.kill("SIGKILL");
    await child.status;
    const left = () => ({
      files: [...Deno.readDirSync(temporary)].map(({ name }) => name)
        .concat(inMemory(child.pid, before)),
      processes: processesWith(temporary),
      mounts: Deno.readTextFileSync("/proc/self/mountinfo").includes(temporary),
    });
    await until(() => left().files.length + left().processes.length === 0);
    return left();
  } finally {
    Deno.removeSync(temporary, { recursive: true });
  }
}

for (const isolation of ISOLATIONS) {
  // The toolchains, the control run, the varied run, a probe of attribution.
  for (const lines of [2, 4, 6, 11]) {
    toolTest(
      `SIGKILL at line ${lines} leaves nothing, isolation ${isolation}`,
      [],
      async () => {
        assertEquals(await killedAfter(isolation, lines), {
          files: [],
          processes: [],
          mounts: false,
        });
      },
    );
  }
}
