import { assertEquals, assertStringIncludes } from "@std/assert";
import { rebuildMaterials } from "../../../release/statement/rebuild_materials.ts";
import { runProgram } from "../../cli/program.ts";
import { LOCK_FILE } from "../../../verify/rebuild/lock.ts";
import { readLock } from "../../../verify/rebuild/read_recipe.ts";
import { rebuild } from "../../../verify/rebuild/rebuild.ts";
import {
  compareBytes,
  makeProject,
  openCodes,
  type Project,
} from "./project.ts";

/** A project whose prepare step is a script of its own directory. */
function projectWith(
  prepare: string,
  recipe: Record<string, unknown> = {},
): Promise<Project> {
  return makeProject({
    script: "cat {prepared}/cache/* >out",
    recipe: {
      source: { include: ["main.txt", "reproof.json"] },
      prepare: [{
        argv: ["/bin/sh", "-c", `cd {prepared}; mkdir cache; ${prepare}`],
      }],
      ...recipe,
    },
  });
}

/** Puts another prepare script in place of the recipe's own. */
function change({ path }: Project, from: string, to: string): void {
  const file = `${path}/reproof.json`;
  Deno.writeTextFileSync(
    file,
    Deno.readTextFileSync(file).replaceAll(from, to),
  );
}

/** Pins what prepare leaves, as `reproof lock` does. */
async function pin(project: Project): Promise<void> {
  const { code, stderr } = await runProgram(["lock", project.path]);
  assertEquals(code, 0, stderr);
}

async function rebuilt({ path }: Project) {
  await using made = await rebuild(path, {
    seed: "1",
    compare: compareBytes,
    runDistanceMs: 0,
  });
  return made.result;
}

const PREPARED_CHECK = "toolchain/prepared";

Deno.test("lock pins what prepare leaves and a rebuild holds it to that", async () => {
  await using project = await projectWith("echo one >cache/a");
  await pin(project);
  const { prepared } = readLock(project.path);
  assertEquals(prepared?.count, 1);
  const result = await rebuilt(project);
  assertEquals(result.verdict, "identical");
  assertEquals(result.prepared, prepared);
  assertEquals(
    result.checks.find(({ id }) => id === PREPARED_CHECK)?.status,
    "pass",
  );
  assertStringIncludes(
    JSON.stringify(rebuildMaterials(result)),
    `{"name":"prepared-list","digest":{"sha256":"${prepared?.sha256}"}}`,
  );
});

for (
  const [what, after] of [
    ["another content", "echo two >cache/a"],
    ["another mode", "echo one >cache/a; chmod +x cache/a"],
    ["another name", "echo one >cache/b"],
    ["a file more", "echo one >cache/a; echo >cache/b"],
    ["a link in its place", "echo one >cache/b; ln -s b cache/a"],
    ["nothing at all", ":"],
  ] as const
) {
  Deno.test(`a prepare that leaves ${what} is not built with`, async () => {
    await using project = await projectWith("echo one >cache/a");
    await pin(project);
    change(project, "echo one >cache/a", after);
    const result = await rebuilt(project);
    assertEquals(result.verdict, "unchecked");
    assertEquals(result.runs, []);
    assertEquals(
      openCodes(result.checks).includes("prepared-differs"),
      true,
    );
    const check = result.checks.find(({ id }) => id === PREPARED_CHECK);
    assertEquals(check?.status, "unchecked");
    assertStringIncludes(
      check?.expected ?? "",
      readLock(project.path).prepared?.sha256 ?? "none",
    );
    assertStringIncludes(
      check?.observed ?? "",
      `${result.prepared?.count} files sha256:${result.prepared?.sha256}`,
    );
  });
}

Deno.test("the files that changed are named", async () => {
  await using project = await projectWith("echo one >cache/a; : >cache/b");
  await pin(project);
  change(project, ": >cache/b", "echo >cache/c; chmod +x cache/a");
  const result = await rebuilt(project);
  const { observed = "" } =
    result.checks.find(({ id }) => id === PREPARED_CHECK) ?? {};
  for (const file of ["changed cache/a", "removed cache/b", "added cache/c"]) {
    assertStringIncludes(observed, file);
  }
});

Deno.test("builds see the same modes and times of what was prepared", async () => {
  await using project = await projectWith(
    "echo one >cache/a; chmod 0600 cache/a; touch -d 2001-01-01 cache/a",
    {
      targets: {
        any: {
          build: [{
            argv: ["/bin/sh", "-c", "stat -c '%a %Y' {prepared}/cache/a >out"],
          }],
          artifacts: [{ name: "out", path: "out" }],
        },
      },
    },
  );
  await pin(project);
  // Neither is told apart by the digest, so neither may reach a build.
  change(project, "chmod 0600 cache/a; touch -d 2001-01-01 cache/a", "true");
  await using made = await rebuild(project.path, {
    seed: "1",
    compare: compareBytes,
    runDistanceMs: 0,
  });
  assertEquals(made.result.verdict, "identical");
  assertEquals(
    Deno.readTextFileSync(made.outputs.get("any/out") ?? ""),
    "644 1700000000\n",
  );
});

Deno.test("what the recipe drops reaches neither digest nor build", async () => {
  await using project = await projectWith(
    "echo one >cache/a; date +%s%N >cache/log; mkdir notes; date +%N >notes/x",
    { dropPrepared: ["cache/log", "notes"] },
  );
  await pin(project);
  assertEquals(readLock(project.path).prepared?.count, 1);
  await using made = await rebuild(project.path, {
    seed: "1",
    compare: compareBytes,
    runDistanceMs: 0,
  });
  assertEquals(made.result.verdict, "identical");
  assertEquals(
    Deno.readTextFileSync(made.outputs.get("any/out") ?? ""),
    "one\n",
  );
});

Deno.test("a prepare that fails is not pinned and leaves the lock alone", async () => {
  await using project = await projectWith("exit 3");
  const before = Deno.readTextFileSync(`${project.path}/${LOCK_FILE}`);
  const { code, stderr } = await runProgram(["lock", project.path]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "prepare-failed");
  assertEquals(
    Deno.readTextFileSync(`${project.path}/${LOCK_FILE}`),
    before,
  );
});

Deno.test("without a pin the report says so", async () => {
  await using project = await projectWith("echo one >cache/a");
  const { code, stdout } = await runProgram([
    "lock",
    project.path,
    "--no-prepare",
  ]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "prepared files: not pinned");
  const shown = await runProgram(["rebuild", project.path, "--quiet"]);
  assertStringIncludes(shown.stdout, "not pinned by the lock");
});

Deno.test("a replay reads the prepared files of then or nothing", async () => {
  await using project = await makeProject({
    script: "cat {prepared}/a >out",
    files: { "later/a": "then" },
    recipe: {
      source: { include: ["main.txt", "reproof.json"] },
      prepare: [{
        argv: ["/bin/sh", "-c", "echo $HTTPS_PROXY >{prepared}/a"],
      }],
    },
  });
  const then = await rebuilt(project);
  await using again = await rebuild(project.path, {
    compare: compareBytes,
    runDistanceMs: 0,
    replay: {
      ...then,
      prepared: { count: 1, sha256: "0".repeat(64) },
    } as never,
  });
  assertEquals(again.result.verdict, "unchecked");
  assertEquals(
    openCodes(again.result.checks).includes("prepared-differs"),
    true,
  );
});
