import { assert, assertEquals } from "@std/assert";
import { elf } from "../../../verify/format/elf.ts";
import { elfBuildId } from "../../../verify/normalize/elf_build_id.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { flip } from "../compare_bytes.ts";

const DESCRIPTION = "elf/.note.gnu.build-id/desc";

function derivation(bytes: Uint8Array) {
  const reader = new MemoryReader(bytes);
  const layout = elf.layout(reader);
  const field = layout.fields.find(({ path }) => path === DESCRIPTION);
  assert(field !== undefined);
  return elfBuildId.derive?.(reader, field, layout);
}

toolTest("elf-build-id computes again what GNU ld computed", [
  "gcc",
  "ld",
  "strip",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a.c`,
      "int table[9] = {1}; int main(void) { return table[0]; }\n",
    );
    const build = async (...flags: string[]) => {
      const { success } = await new Deno.Command("gcc", {
        args: ["-fuse-ld=bfd", ...flags, "-o", `${folder}/a`, `${folder}/a.c`],
      }).output();
      assert(success);
      return await Deno.readFile(`${folder}/a`);
    };
    for (
      const flags of [
        ["-Wl,--build-id=sha1"],
        ["-Wl,--build-id=md5"],
        ["-g", "-Wl,--build-id=sha1"],
        ["-s", "-Wl,--build-id=sha1"],
        ["-shared", "-fPIC", "-Wl,--build-id=sha1"],
        ["-static", "-Wl,--build-id=sha1"],
      ]
    ) {
      const bytes = await build(...flags);
      assertEquals(derivation(bytes), "agrees", flags.join(" "));
      const text = elf.layout(new MemoryReader(bytes)).fields.find(({ path }) =>
        path === "elf/.text"
      );
      assert(text !== undefined);
      assertEquals(derivation(flip(bytes, text.offset)), "not-recomputed");
    }
    for (const flags of [["-Wl,--build-id=uuid"], ["-Wl,--build-id=0x1234"]]) {
      assertEquals(derivation(await build(...flags)), "not-recomputed");
    }
    await build("-Wl,--build-id=sha1");
    await new Deno.Command("strip", { args: [`${folder}/a`] }).output();
    assertEquals(
      derivation(await Deno.readFile(`${folder}/a`)),
      "not-recomputed",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("elf-build-id accounts only for lengths that linkers compute", () => {
  for (const length of [8, 16, 20, 32]) {
    assert(elfBuildId.valid(new Uint8Array(length)));
  }
  for (const length of [0, 2, 19, 21, 64]) {
    assert(!elfBuildId.valid(new Uint8Array(length)));
  }
});
