import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { UsageError } from "../../../verify/error.ts";
import { rebuild } from "../../../verify/rebuild/rebuild.ts";
import {
  readReplayEvidence,
  type ReplayEvidence,
} from "../../../verify/rebuild/replay.ts";
import type { RebuildResult } from "../../../verify/rebuild/result.ts";
import { toolTest } from "../../tool.ts";
import {
  compareBytes,
  makeProject,
  openCodes,
  type Project,
} from "./project.ts";

const OPTIONS = { compare: compareBytes, runDistanceMs: 0 };

async function evidenceOf(project: Project): Promise<RebuildResult> {
  await using made = await rebuild(project.path, { ...OPTIONS, seed: "first" });
  return made.result;
}

/** Writes a document as evidence and reads it. */
function read(document: unknown): ReplayEvidence {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    Deno.writeTextFileSync(`${folder}/rebuild.json`, JSON.stringify(document));
    return readReplayEvidence(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

// Only a sandbox gives a run the very directories of then.
toolTest(
  "a sandboxed replay has the surroundings and the bytes of then",
  ["bwrap"],
  () => assertReplayed('echo "$HOME $TZ $USER {jobs}" >out'),
);

Deno.test("a replay has the values and the bytes of then", () =>
  assertReplayed('echo "${HOME##*/} $TZ $USER {jobs}" >out'));

async function assertReplayed(script: string): Promise<void> {
  await using project = await makeProject({ script });
  const then = await evidenceOf(project);
  await using made = await rebuild(project.path, {
    ...OPTIONS,
    seed: "second",
    replay: read(then),
  });
  assertEquals(made.result.seed, "first");
  assertEquals(
    made.result.runs.map(({ axes }) => axes),
    then.runs.map(({ axes }) => axes),
  );
  assertEquals(
    made.result.artifacts[0]?.comparison?.right.sha256,
    then.artifacts[0]?.comparison?.right.sha256,
  );
}

Deno.test("a replay says what is not as then", async () => {
  await using project = await makeProject({
    script: "od -An -N8 -tx1 /dev/urandom >out",
  });
  const then = await evidenceOf(project);
  await using made = await rebuild(project.path, {
    ...OPTIONS,
    replay: read(then),
  });
  assertEquals(made.result.replay, [
    { artifact: "any/out", control: false, varied: false },
  ]);
  assertEquals(
    made.result.checks.filter(({ code }) => code === "replay-differs")
      .map(({ status }) => status),
    ["fail", "fail"],
  );
});

Deno.test("a replay holds commands and variables against those of then", async () => {
  await using project = await makeProject();
  const then = await evidenceOf(project);
  const surroundings = async (evidence: RebuildResult) => {
    await using made = await rebuild(project.path, {
      ...OPTIONS,
      replay: read(evidence),
    });
    return made.result.checks
      .filter(({ code }) => code === "replay-surroundings-differ")
      .map(({ status, expected }) => `${status} ${expected}`);
  };
  const same = "pass commands and variables of then";
  assertEquals(await surroundings(then), [same, same]);
  const [control, varied] = structuredClone(then.runs);
  if (control === undefined || varied === undefined) throw new Error("no runs");
  assertEquals(
    await surroundings({
      ...then,
      runs: [control, {
        ...varied,
        environment: { ...varied.environment, TZ: "Elsewhere" },
      }],
    }),
    [same, 'unchecked variable TZ "Elsewhere"'],
  );
  const [step] = control.targets.any?.steps ?? [];
  if (step === undefined) throw new Error("no step");
  assertEquals(
    (await surroundings({
      ...then,
      runs: [{
        ...control,
        targets: {
          any: { outcome: "built", steps: [{ ...step, cwd: "/elsewhere" }] },
        },
      }, varied],
    }))[0]?.startsWith("unchecked step 1 of any"),
    true,
  );
});

Deno.test("a replay says which axis this host cannot vary", async () => {
  await using project = await makeProject();
  await using first = await rebuild(project.path, {
    ...OPTIONS,
    isolation: "none",
  });
  const lost = async (runs: RebuildResult["runs"]) => {
    await using made = await rebuild(project.path, {
      ...OPTIONS,
      replay: read({ ...first.result, runs }),
    });
    return made.result.checks
      .filter(({ code, status }) =>
        code === "replay-surroundings-differ" && status !== "pass"
      )
      .map(({ subject, status }) => `${status} ${subject}`);
  };
  const { runs } = first.result;
  assertEquals(await lost(runs), []);
  // As evidence of a host that has a sandbox would have it.
  const [control, ...rest] = structuredClone(runs);
  if (control === undefined) throw new Error("no runs");
  const { "user-name": _, ...notVaried } = control.notVaried;
  assertEquals(await lost([{ ...control, notVaried }, ...rest]), [
    "unchecked user-name",
  ]);
});

Deno.test("a replay with another recipe than then is refused", async () => {
  await using project = await makeProject({
    recipe: { source: { include: ["main.txt"] } },
  });
  const then = await evidenceOf(project);
  const file = `${project.path}/reproof.json`;
  Deno.writeTextFileSync(file, `${Deno.readTextFileSync(file)}\n`);
  const error = await assertRejects(
    () => rebuild(project.path, { ...OPTIONS, replay: read(then) }),
    UsageError,
  );
  assertEquals(error.code, "replay-source-changed");
  assertStringIncludes(error.message, "recipe");
});

Deno.test("a replay with another toolchain than then builds nothing", async () => {
  await using project = await makeProject();
  const then = structuredClone(await evidenceOf(project));
  const { sh } = then.lock.toolchains;
  if (sh?.pin === "host") sh.executable.sha256 = "0".repeat(64);
  await using made = await rebuild(project.path, {
    ...OPTIONS,
    replay: read(then),
  });
  assertEquals(made.result.verdict, "unchecked");
  assertEquals(made.result.runs, []);
  assertEquals(openCodes(made.result.checks).includes("toolchain-drift"), true);
});

Deno.test("a replay of another source is refused", async () => {
  await using project = await makeProject();
  const then = await evidenceOf(project);
  Deno.writeTextFileSync(`${project.path}/main.txt`, "changed\n");
  const error = await assertRejects(
    () => rebuild(project.path, { ...OPTIONS, replay: read(then) }),
    UsageError,
  );
  assertEquals(error.code, "replay-source-changed");
});

Deno.test("evidence without both runs repeats nothing", async () => {
  await using project = await makeProject();
  const then = await evidenceOf(project);
  for (
    const wrong of [
      { ...then, runs: [] },
      { ...then, runs: then.runs.slice(0, 1) },
      { ...then, artifacts: [] },
      { ...then, schemaVersion: 2 },
      [],
    ]
  ) assertThrows(() => read(wrong), UsageError);
});
