import { assert, assertEquals } from "@std/assert";
import { symbolSizes } from "../../../verify/size/symbol_sizes.ts";
import { layoutOf } from "../../../verify/format/detect.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { goProgram } from "../format/go_program.ts";
import { smallMacho } from "../format/macho_fixture.ts";
import { smallModule } from "../format/wasm_fixture.ts";

function sizesOf(bytes: Uint8Array) {
  const reader = new MemoryReader(bytes);
  return symbolSizes(reader, layoutOf(reader))?.sizes;
}

Deno.test("symbolSizes() knows nothing of what has no symbols", () => {
  assertEquals(sizesOf(new Uint8Array(100)), undefined);
});

toolTest(
  "symbolSizes() gives the sizes that nm gives",
  ["gcc", "nm"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(
        `${folder}/a.c`,
        "char table[5000] = {1};\nint twice(int n) { return 2 * n; }\n" +
          "int main(void) { return twice(table[0]); }\n",
      );
      const run = async (program: string, ...args: string[]) => {
        const { success, stdout } = await new Deno.Command(program, {
          args,
          cwd: folder,
        }).output();
        assert(success);
        return new TextDecoder().decode(stdout);
      };
      await run("gcc", "-O0", "-o", "a", "a.c");
      const sizes = sizesOf(Deno.readFileSync(`${folder}/a`)) ?? {};
      const listed = (await run("nm", "-S", "a")).split("\n")
        .map((line) => line.split(" ")).filter(({ length }) => length === 4);
      for (const [, size = "", , name = ""] of listed) {
        if (!["table", "twice", "main"].includes(name)) continue;
        assertEquals(sizes[name], parseInt(size, 16), name);
      }
      assertEquals(sizes["table"], 5000);
      await run("strip", "a");
      const bare = sizesOf(Deno.readFileSync(`${folder}/a`));
      assertEquals(bare?.["twice"], undefined);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("symbolSizes() of Mach-O is the way to the next symbol", () => {
  assertEquals(sizesOf(smallMacho({ code: "x".repeat(50) })), { _main: 50 });
  assertEquals(sizesOf(smallMacho({ code: "x".repeat(60) })), { _main: 60 });
});

Deno.test("symbolSizes() of WebAssembly is the body of a named function", () => {
  const sizes = sizesOf(smallModule()) ?? {};
  assert(Object.keys(sizes).length > 0);
  assert(Object.values(sizes).every((bytes) => bytes > 0));
});

toolTest("symbolSizes() of Mach-O and PE agrees with go tool nm", [
  "go",
], async () => {
  for (const [os, arch] of [["darwin", "arm64"], ["windows", "amd64"]]) {
    const bytes = await goProgram(os ?? "", arch ?? "");
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, bytes);
      const { stdout, success } = await new Deno.Command("go", {
        args: ["tool", "nm", "-size", path],
      }).output();
      assert(success);
      // The tools of Go leave out the underscore of Mach-O.
      const own = Object.fromEntries(
        Object.entries(sizesOf(bytes) ?? {})
          .map(([name, size]) => [name.replace(/^_/, ""), size]),
      );
      const listed = new Map(
        new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
          const [, size, name] = /^\s*[0-9a-f]+\s+(\d+) [Tt] (.+)$/
            .exec(line) ?? [];
          return name === undefined ? [] : [[name, Number(size)] as const];
        }),
      );
      const both = Object.entries(own).filter(([name]) =>
        name.startsWith("runtime.") && listed.has(name)
      );
      assert(both.length > 200, `${os}: ${both.length}`);
      const other = both.filter(([name, bytes]) => listed.get(name) !== bytes);
      assertEquals(other, [], os);
      const stripped = await goProgram(os ?? "", arch ?? "", [
        "-ldflags=-s -w",
      ]);
      if (os === "windows") assertEquals(sizesOf(stripped), undefined);
    } finally {
      await Deno.remove(path);
    }
  }
});
