/**
 * A real program in an image that its own build makes, started in there.
 */

import { assertEquals } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { gateOf } from "./gate_outcome.ts";
import { Workplace } from "./project.ts";

const { targets, source } = JSON.parse(Deno.readTextFileSync(
  new URL("../../fixtures/relay/reproof.json", import.meta.url),
));
const TARGET = targets["linux-x64"];

toolTest("release of relay with an image that its build makes", [
  "go",
  "bwrap",
], async () => {
  using place = new Workplace();
  const image = "out/linux-x64/image";
  const project = place.copy("relay", {
    recipe: {
      source: { include: [...source.include, "image.ts"] },
      targets: {
        "linux-x64": {
          ...TARGET,
          build: [...TARGET.build, {
            argv: [
              ...["{deno}", "run", "--no-config", "--no-remote", "--no-lock"],
              ...["--allow-read=out", "--allow-write=out", "image.ts"],
              ...["out/linux-x64/relay", image],
            ],
          }],
          artifacts: [...TARGET.artifacts, {
            name: "relay.oci.tar",
            path: image,
            executable: false,
            image: {
              base: "scratch",
              holds: { "/usr/bin/relay": "relay" },
              smoke: TARGET.smoke,
            },
          }],
        },
      },
    },
    policy: {
      targets: { required: ["linux-x64"] },
      abi: { targets: { "linux-x64": { image: true } } },
      budget: {
        targets: {
          "linux-x64": { artifactBytes: 30_000_000, imageBytes: 30_000_000 },
        },
      },
      images: { bases: ["scratch"] },
      container: { stepsMin: 12 },
      parity: undefined,
      startup: undefined,
      contract: undefined,
    },
  });
  assertEquals((await runProgram(["lock", project])).code, 0);
  const made = await place.release(project);
  assertEquals(made.code, 0, made.stdout + made.stderr);
  for (const gate of ["images", "container", "abi", "budget"]) {
    assertEquals(gateOf(made.out, gate).toSpliced(1, 1), ["go", 0, 0], gate);
  }
  const verified = await place.verify(made.out);
  assertEquals(verified.code, 0, verified.stdout);
});
