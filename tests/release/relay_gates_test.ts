/**
 * A real program for two systems, cross-built, with every gate on that asks
 * about programs; images and going back are asked of others.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { gateOf } from "./gate_outcome.ts";
import { Workplace } from "./project.ts";

const recipe = JSON.parse(Deno.readTextFileSync(
  new URL("../../fixtures/relay/reproof.json", import.meta.url),
));
/** Two of its targets, of two formats: each builds the library of Go twice. */
const TARGETS = ["linux-x64", "windows-x64"];

/** The recipe, with `go build -x` and the kind of its log. */
function withLogs(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries<{ build: { argv: string[] }[] }>(recipe.targets).filter((
      [name],
    ) => TARGETS.includes(name)).map(([name, target]) => [name, {
      ...target,
      build: target.build.map((step) => ({
        ...step,
        argv: [...step.argv.slice(0, 2), "-x", ...step.argv.slice(2)],
        log: { kind: "go", project: "example.org/relay" },
      })),
    }]),
  );
}

toolTest("release of relay passes every gate that asks about programs", [
  "go",
], async () => {
  using place = new Workplace();
  const budget = { artifactBytes: 30_000_000, strippedBytes: 30_000_000 };
  const project = place.copy("relay", {
    recipe: {
      targets: withLogs(),
      versions: { manifests: ["go.mod"], embedded: "cli" },
    },
    policy: {
      targets: { required: TARGETS },
      versions: { changelog: false, tag: "name" },
      abi: {
        targets: {
          "linux-x64": { loaders: [] },
          "windows-x64": { windows: "10.0" },
        },
      },
      budget: {
        targets: Object.fromEntries(TARGETS.map((name) => [name, budget])),
      },
      warnings: {},
    },
  });
  assertEquals((await runProgram(["lock", project])).code, 0);
  const made = await place.release(project);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  assertEquals(gateOf(made.out, "versions"), ["go", 3, 0, 0]);
  assertEquals(gateOf(made.out, "abi"), ["go", 2, 0, 0]);
  assertEquals(gateOf(made.out, "budget"), ["go", 4, 0, 0]);
  assertEquals(gateOf(made.out, "warnings"), ["go", 2, 0, 0]);
  // The other system is not the one of this host.
  for (const gate of ["smoke", "parity", "contract", "startup"]) {
    assertEquals(gateOf(made.out, gate).toSpliced(1, 1), ["go", 0, 0], gate);
  }
  const verified = await place.verify(made.out, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertStringIncludes(verified.stdout, "budget/stripped/windows-x64");
});
