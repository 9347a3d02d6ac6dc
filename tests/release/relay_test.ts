/** relay: four targets from one host, released and verified. */

import { assertEquals } from "@std/assert";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { Workplace } from "./project.ts";

toolTest(
  "release of relay is a go for four targets from one host",
  ["go"],
  async () => {
    using place = new Workplace();
    const project = place.copy("relay");
    assertEquals((await runProgram(["lock", project])).code, 0);
    const { code, out, stdout, stderr } = await place.release(project);
    assertEquals(code, 0, stdout + stderr);
    const { artifacts } = JSON.parse(
      Deno.readTextFileSync(`${out}/release-artifacts.json`),
    );
    assertEquals(
      artifacts.map((artifact: { target: string }) => artifact.target),
      ["linux-arm64", "linux-x64", "macos-arm64", "windows-x64"],
    );
    const verified = await place.verify(out);
    assertEquals(verified.code, 0, verified.stdout);
  },
);
