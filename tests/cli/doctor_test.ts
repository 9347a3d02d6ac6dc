import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "./program.ts";

Deno.test("reproof doctor looks at the machine and refuses a tampered release", async () => {
  const { code, stdout, stderr } = await runProgram(["doctor", "--json"]);
  assertEquals(code, 0, stdout + stderr);
  const { machine, selfTest } = JSON.parse(stdout);
  const named = (name: string) =>
    machine.find((one: { name: string }) => one.name === name);
  assertEquals(named("shell").state, "present");
  assert(["present", "absent"].includes(named("bubblewrap").state));
  assertEquals(selfTest.length, 5);
  for (const step of selfTest) assertEquals(step.holds, true, step.name);
  assertStringIncludes(selfTest[3].observed, "digest-mismatch");
});

Deno.test("reproof doctor says which toolchain of a recipe is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/reproof.json`,
      JSON.stringify({
        schemaVersion: 1,
        name: "x",
        version: "1.0.0",
        toolchains: { odd: { executable: "no-such-compiler" } },
        targets: {
          any: {
            build: [{ argv: ["true"] }],
            artifacts: [{ name: "x", path: "x" }],
          },
        },
      }),
    );
    const { code, stdout } = await runProgram(["doctor", folder]);
    assertEquals(code, 3);
    assertStringIncludes(stdout, "missing  odd: ");
    assertStringIncludes(stdout, "holds    it verifies");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
