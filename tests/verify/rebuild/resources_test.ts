import { assertEquals } from "@std/assert";
import { rebuildText } from "../../../release/report/rebuild_text.ts";
import { toolTest } from "../../tool.ts";
import { rebuildProject } from "./project.ts";

/** Busy for about a tenth of a second at least, whatever the machine. */
const BUSY = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo $i >out";

toolTest("each step says what it used", ["bwrap"], async () => {
  await using made = await rebuildProject({ script: BUSY });
  assertEquals(
    made.resources.map(({ run, target, step }) => [run, target, step]),
    [["control", "any", 1], ["varied", "any", 1]],
  );
  for (const { wallMs, cpuMs, memoryBytesMax } of made.resources) {
    assertEquals(wallMs > 0, true);
    // No more processor time than two processors have, and not none.
    assertEquals(cpuMs !== null && cpuMs > 0 && cpuMs <= 2 * wallMs + 20, true);
    assertEquals(
      memoryBytesMax === null ||
        memoryBytesMax > 100_000 && memoryBytesMax < 2 ** 30,
      true,
    );
  }
  assertEquals(
    rebuildText("sample", made.result, made.resources)
      .includes("Resources of varied: "),
    true,
  );
});

Deno.test("what was not seen is unknown and not nothing", async () => {
  await using made = await rebuildProject({ script: BUSY });
  const text = rebuildText("sample", made.result, [
    {
      run: "control",
      target: "any",
      step: 1,
      wallMs: 5,
      cpuMs: null,
      memoryBytesMax: null,
    },
  ]);
  assertEquals(
    text.includes(
      "Resources of control: 0.0 s, processor time unknown, memory unknown",
    ),
    true,
  );
});

Deno.test("what the same inputs give again holds no measured value", async () => {
  await using made = await rebuildProject({ script: "echo made >out" });
  assertEquals(JSON.stringify(made.result).includes("wallMs"), false);
});
