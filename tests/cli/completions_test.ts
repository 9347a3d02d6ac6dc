/** Completion scripts: what a shell offers is what the commands declare. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../release/cli/commands.ts";
import { COMMON_FLAGS } from "../../release/cli/flags.ts";
import { toolTest } from "../tool.ts";
import { runProgram } from "./program.ts";

async function script(shell: string): Promise<string> {
  const run = await runProgram(["completions", shell]);
  assertEquals(run.code, 0, run.stderr);
  return run.stdout;
}

toolTest(
  "bash completes commands, flags, words and files",
  ["bash"],
  async () => {
    const directory = Deno.makeTempDirSync();
    try {
      Deno.writeTextFileSync(`${directory}/a file`, "");
      Deno.writeTextFileSync(`${directory}/completions`, await script("bash"));
      const complete = async (...words: string[]) => {
        const { stdout, stderr } = await new Deno.Command("bash", {
          args: [
            "--norc",
            "-c",
            'source ./completions; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _reproof; printf "%s\\n" "${COMPREPLY[@]}"',
            "bash",
            "reproof",
            ...words,
          ],
          cwd: directory,
        }).output();
        assertEquals(new TextDecoder().decode(stderr), "");
        return new TextDecoder().decode(stdout).split("\n")
          .filter((line) => line !== "");
      };
      assertEquals(await complete(""), [
        ...COMMANDS.map(({ name }) => name),
        "--help",
        "--version",
      ]);
      assertEquals(await complete("ver"), ["verify"]);
      const entry = COMMANDS.find(({ name }) => name === "audit");
      const audit = await entry?.load();
      assertEquals(
        await complete("audit", "--"),
        [...audit?.flags ?? [], ...COMMON_FLAGS].map(({ name }) => `--${name}`),
      );
      assertEquals(await complete("release", "--isol"), ["--isolation"]);
      assertEquals(await complete("release", "--isolation", "u"), ["unshare"]);
      assertEquals(await complete("verify", "--key", "a"), ["a file"]);
      assertEquals(await complete("verify", "a"), ["a file"]);
      assertEquals(await complete("release", "--tag", "a"), []);
      assertEquals(await complete("nothing", "--"), []);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
);

for (const shell of ["zsh", "fish"]) {
  toolTest(`${shell} reads its completion script`, [shell], async () => {
    const path = Deno.makeTempFileSync();
    try {
      Deno.writeTextFileSync(path, await script(shell));
      const { code, stderr } = await new Deno.Command(shell, {
        args: ["-n", path],
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
    } finally {
      Deno.removeSync(path);
    }
  });
}

Deno.test("every script names every command and flag", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const text = await script(shell);
    for (const entry of COMMANDS) {
      assertStringIncludes(text, entry.name);
      for (const flag of (await entry.load()).flags) {
        assertStringIncludes(
          text,
          shell === "fish" ? `-l ${flag.name}` : `--${flag.name}`,
        );
      }
    }
  }
  const none = await runProgram(["completions", "tcsh"]);
  assertEquals(none.code, 2);
  assertStringIncludes(none.stderr, "bash, zsh, fish");
});
