import { assertEquals, assertStringIncludes } from "@std/assert";
import { GOOD_SCRIPT, NOW, Workplace } from "../release/project.ts";
import { runProgram } from "./program.ts";

Deno.test("reproof report shows a refusal in every format", async (t) => {
  using place = new Workplace();
  const made = await place.release(
    place.script(GOOD_SCRIPT, {
      policy: { metadata: { expect: { mode: "x" } } },
    }),
  );
  assertEquals(made.code, 1);
  const out = `${made.out}.no-go`;
  const report = (...args: string[]) =>
    runProgram(["report", out, "--now", NOW, ...args]);
  for (
    const [format, text] of [
      ["junit", "<testsuites"],
      ["sarif", '"version": "2.1.0"'],
      ["badge", '"color":"red"'],
      ["badge-svg", "<svg"],
      ["azure", "##vso[task.logissue type=error;code=metadata-contradiction]"],
    ] as const
  ) {
    await t.step(format, async () => {
      const { code, stdout } = await report("--format", format);
      assertEquals(code, 0);
      assertStringIncludes(stdout, text);
    });
  }
  await t.step("github appends to the summary of the step", async () => {
    const summary = `${place.path}/summary.md`;
    Deno.writeTextFileSync(summary, "before\n");
    const { code, stdout } = await runProgram(
      ["report", out, "--format", "github"],
      { GITHUB_STEP_SUMMARY: summary },
    );
    assertEquals([code, stdout.startsWith("::error ")], [0, true]);
    assertStringIncludes(Deno.readTextFileSync(summary), "before\n# NO-GO");
  });
  await t.step(
    "a file is written once, and an unknown format refused",
    async () => {
      const file = `${place.path}/r.sarif`;
      const flags = ["--format", "sarif", "--out", file];
      assertEquals((await report(...flags)).code, 0);
      assertEquals((await report(...flags)).code, 2);
      assertEquals((await report("--format", "pdf")).code, 2);
      assertEquals((await report()).code, 2);
    },
  );
});
