/**
 * The wrong variants of forge: each ends no-go for its own reason and no
 * other; the right form is a go.
 */

import { assertEquals } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { variantNames, writeVariant } from "../../fixtures/forge/variant.ts";
import { exists, Workplace } from "./project.ts";

const TOOLS = ["rustc", "gcc", "ld"];

async function lock(project: string): Promise<void> {
  const run = await runProgram(["lock", project]);
  assertEquals(run.code, 0, run.stderr);
}

toolTest("release of forge is a go", TOOLS, async () => {
  using place = new Workplace();
  const project = place.copy("forge");
  await lock(project);
  const { code, out, stdout, stderr } = await place.release(project);
  assertEquals(code, 0, stdout + stderr);
  assertEquals((await place.verify(out)).code, 0);
});

for (const name of variantNames()) {
  toolTest(
    `release of forge/${name} is a no-go for its own reason`,
    TOOLS,
    async () => {
      using place = new Workplace();
      const project = `${place.path}/${name}`;
      const { finding } = writeVariant(name, project);
      await lock(project);
      const { code, out, stdout, stderr } = await place.release(project);
      assertEquals(code, 1, stdout + stderr);
      assertEquals(exists(out), false);
      const { decision } = JSON.parse(
        Deno.readTextFileSync(`${out}.no-go/report.json`),
      );
      const codes = new Set(
        decision.reasons.map((reason: { code: string }) => reason.code),
      );
      // On a busy machine one percentile may tell where another cannot.
      if (finding === "startup-too-slow") codes.delete("startup-too-noisy");
      assertEquals([...codes], [finding], stdout);
    },
  );
}
