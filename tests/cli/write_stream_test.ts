/** What is printed, as the runners of CI systems read it. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { withoutCommands } from "../../release/cli/write_stream.ts";
import { printSeed } from "../seed.ts";
import { runProgram } from "./program.ts";

/** The commands that GitHub's runner and Azure's agent find in a log. */
function commandsIn(log: string): string[] {
  return log.split(/[\r\n]/).flatMap((line) => {
    // The agent compares by culture, which does not see these.
    const seen = line.replace(/[\p{Cf}\0]/gu, "");
    return [
      ...seen.trimStart().startsWith("::") ? [seen] : [],
      ...seen.includes("##[") ? [seen] : [],
      ...seen.toLowerCase().includes("##vso[") ? [seen] : [],
    ];
  });
}

const COMMANDS = [
  "::stop-commands::x",
  "  \u00a0::add-mask::go",
  "a ##[add-mask]go",
  "a ##vso[task.complete result=Succeeded]",
  "####VSO[task.prependpath]/tmp",
  "#\u00ad#v\u200bso\u2060[task.setvariable variable=PATH]x",
  "first\n\t::error::second",
];

Deno.test("withoutCommands() leaves nothing that a runner obeys", () => {
  for (const text of COMMANDS) {
    assertEquals(commandsIn(text).length, 1, text);
    assertEquals(commandsIn(withoutCommands(text)), [], text);
  }
  const pieces = fc.constantFrom(
    ...["#", "##", "[", "vso[", "VsO[", ":", "::", " ", "\n", "\u00ad", "\0"],
    ...["a", "\\"],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      assertEquals(commandsIn(withoutCommands(parts.join(""))), []);
    }),
    { seed: printSeed("logs") },
  );
});

Deno.test("withoutCommands() leaves what no runner obeys as it is", () => {
  for (
    const text of [
      "## Gates\n# a [b]\n",
      "std::vector in a::b\n",
      "#[inline] # #[x] ##\n[",
      "reproof: error[usage]: no\n",
    ]
  ) {
    assertEquals(commandsIn(text), []);
    assertEquals(withoutCommands(text), text);
  }
});

Deno.test("withoutCommands() does not change what a document says", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...COMMANDS, "\\", '"')), (value) => {
      const json = withoutCommands(JSON.stringify(value, null, 2));
      assertEquals(JSON.parse(json), value);
    }),
    { seed: printSeed("documents") },
  );
});

Deno.test("no name of a file is a command in the log of a runner", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (
      const name of ["##vso[task.complete]", "##[add-mask]x", "::error::x"]
    ) {
      Deno.writeTextFileSync(`${folder}/${name}`, "text\n");
      // As it is typed, relative to where it lies.
      const text = await runProgram(["inspect", name], {}, folder);
      assertEquals(text.code, 0, text.stderr);
      assertEquals(commandsIn(text.stdout + text.stderr), []);
      assertStringIncludes(text.stdout, "\\u00");
      const { stdout } = await runProgram(
        ["inspect", "--json", name],
        {},
        folder,
      );
      assertEquals(commandsIn(stdout), []);
      assertStringIncludes(JSON.stringify(JSON.parse(stdout)), name);
      const failed = await runProgram(["verify", name], {}, folder);
      assertEquals(commandsIn(failed.stdout + failed.stderr), []);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
