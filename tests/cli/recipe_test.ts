import { assertEquals, assertStringIncludes } from "@std/assert";
import { removeTree } from "../../verify/rebuild/work_directory.ts";
import { runProgram } from "./program.ts";

Deno.test("recipe init drafts once, and says what is missing", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    Deno.writeTextFileSync(
      `${folder}/Tool.dll`,
      "MZ\0.NETCoreApp,Version=v8.0\0",
    );
    const args = ["recipe", "init", `${folder}/Tool.dll`];
    const shown = await runProgram(args);
    assertEquals(shown.code, 0, shown.stderr);
    assertStringIncludes(shown.stdout, '"tool.dll"');
    assertStringIncludes(shown.stdout, "no valid recipe until");
    const json = await runProgram([...args, "--json"]);
    const { recipe, notes } = JSON.parse(json.stdout);
    assertEquals(recipe.name, "tool.dll");
    assertEquals(
      notes.every(({ standing }: { standing: string }) =>
        ["stated", "guess", "missing"].includes(standing)
      ),
      true,
    );
    const out = `${folder}/project`;
    const written = await runProgram([...args, "--out", out]);
    assertEquals(written.code, 0, written.stderr);
    assertEquals(
      JSON.parse(Deno.readTextFileSync(`${out}/reproof.json`)),
      recipe,
    );
    // A recipe that is there is never overwritten.
    assertEquals((await runProgram([...args, "--out", out])).code, 2);
  } finally {
    await removeTree(folder);
  }
});

Deno.test("recipe init refuses what it cannot mean", async () => {
  for (
    const args of [
      ["recipe", "draft", "file"],
      ["recipe", "init", "npm:semver@7.6.3"],
      ["recipe", "init", "npm:semver"],
    ]
  ) assertEquals((await runProgram(args)).code, 2, args.join(" "));
  assertEquals((await runProgram(["recipe", "init", "/none"])).code, 3);
});
