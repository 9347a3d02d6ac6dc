/**
 * A verification needs to read and nothing else: with every permission, with
 * reading alone, and where there is no network at all, the output has the same
 * bytes.
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { toolTest } from "../tool.ts";
import { copyTree, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

const MAIN = fromFileUrl(new URL("../../mod.ts", import.meta.url));

toolTest(
  "verify says the same with reading alone and without a network",
  ["bwrap"],
  async (t) => {
    using place = new Workplace();
    const { out, code, stderr } = await place.release(
      place.script(GOOD_SCRIPT),
    );
    assertEquals(code, 0, stderr);
    const bad = `${place.path}/bad`;
    copyTree(out, bad);
    Deno.writeTextFileSync(`${bad}/report.md`, "x", { append: true });
    const run = async (
      permissions: readonly string[],
      directory: string,
      flags: readonly string[],
      before: readonly string[] = [],
    ) => {
      const [program = "", ...args] = [
        ...before,
        Deno.execPath(),
        "run",
        "--no-prompt",
        "--cached-only",
        "--no-check",
        ...permissions,
        MAIN,
        "verify",
        directory,
        "--key",
        place.publicKey,
        "--now",
        NOW,
        "--color",
        "never",
        ...flags,
      ];
      const output = await new Deno.Command(program, { args }).output();
      const decoder = new TextDecoder();
      return {
        code: output.code,
        stdout: decoder.decode(output.stdout),
        stderr: decoder.decode(output.stderr),
      };
    };
    const sealed = [
      "bwrap",
      "--ro-bind",
      "/",
      "/",
      "--dev",
      "/dev",
      "--proc",
      "/proc",
      "--unshare-all",
    ];
    for (const [directory, expected] of [[out, 0], [bad, 1]] as const) {
      for (const flag of ["--explain", "--json"]) {
        await t.step(`${flag}, exit ${expected}`, async () => {
          const free = await run(["--allow-all"], directory, [flag]);
          assertEquals([free.code, free.stderr], [expected, ""]);
          const read = ["--allow-read"];
          assertEquals(await run(read, directory, [flag]), free);
          assertEquals(await run(read, directory, [flag], sealed), free);
        });
      }
    }
  },
);
