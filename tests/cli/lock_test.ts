import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeProject } from "../verify/rebuild/project.ts";
import { runProgram } from "./program.ts";

/** A tool that a test can change. */
const TOOL = "#!/bin/sh\necho tool 1.0\n";

async function projectWithTool(pin: string) {
  const project = await makeProject({
    files: { "bin/tool": TOOL },
    lock: false,
  });
  const recipe = JSON.parse(
    Deno.readTextFileSync(`${project.path}/reproof.json`),
  );
  recipe.toolchains.tool = {
    executable: `${project.path}/bin/tool`,
    pin,
    ...(pin === "host" ? { files: [`${project.path}/lib/**`] } : {}),
  };
  Deno.writeTextFileSync(
    `${project.path}/reproof.json`,
    JSON.stringify(recipe),
  );
  Deno.mkdirSync(`${project.path}/lib`);
  Deno.writeTextFileSync(`${project.path}/lib/a`, "one");
  Deno.chmodSync(`${project.path}/bin/tool`, 0o755);
  return project;
}

Deno.test("lock pins and --check finds nothing changed", async () => {
  await using project = await projectWithTool("host");
  const made = await runProgram(["lock", project.path, "--json"]);
  assertEquals(made.code, 0, made.stderr);
  const lock = JSON.parse(made.stdout);
  assertEquals(
    JSON.parse(Deno.readTextFileSync(`${project.path}/reproof.lock.json`)),
    lock,
  );
  assertEquals(lock.toolchains.tool.version, "tool 1.0");
  assertEquals(lock.toolchains.tool.files.count, 1);
  assertEquals(lock.host.os, Deno.build.os);
  const check = await runProgram(["lock", project.path, "--check"]);
  assertEquals(check.code, 0, check.stdout);
  assertEquals(
    [...Deno.readDirSync(project.path)].some(({ name }) =>
      name.endsWith(".tmp")
    ),
    false,
  );
});

for (
  const [what, change] of [
    [
      "the executable's bytes",
      (path: string) =>
        Deno.writeTextFileSync(`${path}/bin/tool`, `${TOOL}# changed\n`),
    ],
    [
      "the version",
      (path: string) =>
        Deno.writeTextFileSync(`${path}/bin/tool`, TOOL.replace("1.0", "1.1")),
    ],
    [
      "a pinned file",
      (path: string) => Deno.writeTextFileSync(`${path}/lib/a`, "two"),
    ],
    [
      "the mode of a pinned file",
      (path: string) => Deno.chmodSync(`${path}/lib/a`, 0o755),
    ],
    [
      "the set of pinned files",
      (path: string) => Deno.writeTextFileSync(`${path}/lib/b`, "new"),
    ],
  ] as const
) {
  Deno.test(`lock --check exits 1 when ${what} changed`, async () => {
    await using project = await projectWithTool("host");
    assertEquals((await runProgram(["lock", project.path])).code, 0);
    change(project.path);
    const check = await runProgram(["lock", project.path, "--check"]);
    assertEquals(check.code, 1, check.stdout + check.stderr);
    assertMatch(check.stdout, /^1 of 2 toolchains are not as locked\.\n/);
    assertStringIncludes(check.stdout, "fail tool [toolchain-drift]");
    const rebuilt = await runProgram(["rebuild", project.path]);
    assertEquals(rebuilt.code, 3, rebuilt.stdout);
    assertStringIncludes(rebuilt.stdout, "[toolchain-drift]");
    assertStringIncludes(rebuilt.stdout, "expected tool 1.0; ");
  });
}

Deno.test("a version pin outlives a change of bytes, not of version", async () => {
  await using project = await projectWithTool("version");
  assertEquals((await runProgram(["lock", project.path])).code, 0);
  Deno.writeTextFileSync(`${project.path}/bin/tool`, `${TOOL}# other\n`);
  assertEquals((await runProgram(["lock", project.path, "--check"])).code, 0);
  Deno.writeTextFileSync(`${project.path}/bin/tool`, TOOL.replace("1.0", "2"));
  assertEquals((await runProgram(["lock", project.path, "--check"])).code, 1);
});

Deno.test("lock names a missing tool and keeps the old lock", async () => {
  await using project = await projectWithTool("host");
  assertEquals((await runProgram(["lock", project.path])).code, 0);
  const before = Deno.readTextFileSync(`${project.path}/reproof.lock.json`);
  Deno.removeSync(`${project.path}/bin/tool`);
  const run = await runProgram(["lock", project.path]);
  assertEquals(run.code, 3);
  assertStringIncludes(run.stderr, "error[toolchain-missing]");
  assertEquals(
    Deno.readTextFileSync(`${project.path}/reproof.lock.json`),
    before,
  );
});

Deno.test("lock refuses a glob that pins nothing", async () => {
  await using project = await projectWithTool("host");
  Deno.removeSync(`${project.path}/lib/a`);
  const run = await runProgram(["lock", project.path]);
  assertEquals(run.code, 3);
  assertStringIncludes(run.stderr, "error[toolchain-files-missing]");
});
