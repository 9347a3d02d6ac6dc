import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { layoutOf } from "../../../verify/format/detect.ts";
import { symbolAt } from "../../../verify/compare/symbol_at.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { goProgram } from "../format/go_program.ts";
import { smallMacho } from "../format/macho_fixture.ts";
import { smallModule } from "../format/wasm_fixture.ts";

function symbolOf(bytes: Uint8Array, path: string, start: number) {
  const reader = new MemoryReader(bytes);
  const layout = layoutOf(reader);
  const field = layout.fields.find((one) => one.path === path);
  assert(field !== undefined, path);
  return symbolAt({ reader, layout, field }, start);
}

Deno.test("symbolAt names the function of a WebAssembly module", () => {
  assertEquals(
    symbolOf(smallModule({ functions: ["answer"] }), "wasm/code/function-0", 2),
    '"answer"+0x2',
  );
  assertEquals(
    symbolOf(smallModule({ functions: [] }), "wasm/code/function-0", 2),
    undefined,
  );
  assertEquals(symbolOf(smallModule(), "wasm/data/segment-0", 2), undefined);
});

Deno.test("symbolAt names the symbol in front of a place in a Mach-O file", () => {
  const path = "macho/__TEXT,__text";
  assertEquals(symbolOf(smallMacho(), path, 3), '"_main"+0x3');
  assertEquals(
    symbolOf(smallMacho({ littleEndian: false }), path, 3),
    '"_main"+0x3',
  );
  assertEquals(symbolOf(smallMacho(), "macho/strings", 3), undefined);
});

Deno.test("compare says in which function a byte differs", async () => {
  const module = smallModule({ functions: ["answer"] });
  const { differences } = await compareBytes(
    module,
    smallModule({ functions: ["answer"], returned: 8 }),
  );
  assertStringIncludes(JSON.stringify(differences), '\\"answer\\"+0x');
});

toolTest(
  "symbolAt agrees with nm on a Go program for macOS",
  ["go", "llvm-nm"],
  async () => {
    const bytes = await goProgram("darwin", "arm64");
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, bytes);
      const { stdout } = await new Deno.Command("llvm-nm", {
        args: ["--numeric-sort", path],
      }).output();
      const main = /^([0-9a-f]{16}) [Tt] (_?main\.main)$/m.exec(
        new TextDecoder().decode(stdout),
      );
      assert(main !== null);
      // __TEXT is mapped at 0x100000000 from the start of the file.
      const offset = parseInt(main[1] ?? "", 16) - 0x100000000;
      const { differences } = await compareBytes(
        bytes,
        flip(bytes, offset + 4),
      );
      assertStringIncludes(
        JSON.stringify(differences),
        `\\"${main[2]}\\"+0x4`,
      );
    } finally {
      await Deno.remove(path);
    }
  },
);
