import { assert, assertEquals } from "@std/assert";
import { symbolSizes } from "../../../verify/size/symbol_sizes.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";

Deno.test("symbolSizes() knows nothing of what has no symbols", () => {
  assertEquals(symbolSizes(new MemoryReader(new Uint8Array(100))), null);
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
      const sizes =
        symbolSizes(new MemoryReader(Deno.readFileSync(`${folder}/a`)))
          ?.sizes ?? {};
      const listed = (await run("nm", "-S", "a")).split("\n")
        .map((line) => line.split(" ")).filter(({ length }) => length === 4);
      for (const [, size = "", , name = ""] of listed) {
        if (!["table", "twice", "main"].includes(name)) continue;
        assertEquals(sizes[name], parseInt(size, 16), name);
      }
      assertEquals(sizes["table"], 5000);
      await run("strip", "a");
      const bare = symbolSizes(
        new MemoryReader(Deno.readFileSync(`${folder}/a`)),
      );
      assertEquals(bare?.sizes["twice"], undefined);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
