import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CI_PATHS,
  CI_SYSTEMS,
  renderWorkflow,
} from "../../../release/ci/workflow.ts";
import { runProgram } from "../../cli/program.ts";
import { toolTest } from "../../tool.ts";
import { readYaml, type Yaml } from "./yaml_reader.ts";

const workflow = (system: typeof CI_SYSTEMS[number]) =>
  renderWorkflow(system, { target: "linux-x64" });

function scripts(value: Yaml): string[] {
  if (value === null || typeof value === "string") return [];
  if (Array.isArray(value)) return value.flatMap(scripts);
  return Object.entries(value).flatMap(([key, member]) =>
    ["run", "script", "before_script", "after_script"].includes(key)
      ? [member ?? ""].flat().map(String)
      : scripts(member)
  );
}

Deno.test("every workflow is YAML with three tiers", () => {
  for (const system of CI_SYSTEMS) {
    const value = readYaml(workflow(system));
    const text = JSON.stringify(value);
    for (const tier of ["change", "nightly", "gate"]) {
      assert(text.includes(`"${tier}"`), `${system}: ${tier}`);
    }
    assert(scripts(value).length >= 4, system);
  }
});

Deno.test("no script of a workflow holds an expression", () => {
  for (const system of CI_SYSTEMS) {
    for (const script of scripts(readYaml(workflow(system)))) {
      assertEquals(/\$\{\{|\$\(/.test(script), false, script);
    }
  }
});

Deno.test("the GitHub workflow has permission to read, and timeouts", () => {
  const value = readYaml(workflow("github")) as {
    permissions: Yaml;
    jobs: Record<string, { "timeout-minutes": string; steps: Yaml[] }>;
  };
  assertEquals(value.permissions, { contents: "read" });
  for (const [name, job] of Object.entries(value.jobs)) {
    assert(Number(job["timeout-minutes"]) > 0, name);
    assert(job.steps.length > 0, name);
  }
});

Deno.test("the reader of YAML refuses what YAML refuses", () => {
  for (
    const text of [
      "a: 1\na: 2\n",
      "a: b: c\n",
      "a: *x\n",
      "a:\n   b: 1\n",
      "a: 1 \n",
      "a:\tb\n",
      "a: 'x'\n",
      "a",
    ]
  ) assertThrows(() => readYaml(text), Error, undefined, text);
});

toolTest("every script of a workflow is one that a shell can read", [
  "sh",
], async () => {
  for (const system of CI_SYSTEMS) {
    for (const script of scripts(readYaml(workflow(system)))) {
      const { success } = await new Deno.Command("sh", {
        args: ["-n", "-c", script],
      }).output();
      assertEquals(success, true, script);
    }
  }
});

Deno.test("reproof ci init writes a workflow once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile(
      new URL("../../../fixtures/relay/reproof.json", import.meta.url),
      `${folder}/reproof.json`,
    );
    for (const system of CI_SYSTEMS) {
      const init = () => runProgram(["ci", "init", system, folder]);
      assertEquals((await init()).code, 0);
      assertEquals(
        await Deno.readTextFile(`${folder}/${CI_PATHS[system]}`),
        workflow(system),
      );
      assertEquals((await init()).code, 2);
    }
    assertEquals((await runProgram(["ci", "init", "other", folder])).code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
