import { assert, assertEquals } from "@std/assert";
import { footprint } from "../../../verify/size/footprint.ts";
import { percentile } from "../../../verify/size/percentile.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { smallElf } from "../elf_fixture.ts";
import { toolTest } from "../../tool.ts";
import { goProgram } from "../format/go_program.ts";

Deno.test("footprint() gives parts that add up to the size", () => {
  const bytes = smallElf({ is64: true, littleEndian: true });
  const { size, stripped, parts } = footprint(new MemoryReader(bytes));
  assertEquals(size, bytes.length);
  assertEquals(stripped, size);
  assertEquals(Object.values(parts).reduce((sum, one) => sum + one, 0), size);
  assertEquals(parts[".text"], "code and constants".length + 14);
});

Deno.test("footprint() finds nothing to strip in data", () => {
  const { size, stripped, parts } = footprint(
    new MemoryReader(new Uint8Array(10)),
  );
  assertEquals([size, stripped, parts], [10, 10, { data: 10 }]);
});

toolTest("footprint() agrees with strip about ELF files to a page", [
  "gcc",
  "strip",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a.c`,
      '#include <stdio.h>\nint main(void){printf("%d", 1);return 0;}\n',
    );
    for (const flags of [["-g"], ["-g", "-static"], ["-s"]]) {
      await run(folder, "gcc", "-o", "a", ...flags, "a.c");
      const { size, stripped } = await measured(`${folder}/a`);
      await run(folder, "strip", "-o", "b", "a");
      const real = (await Deno.stat(`${folder}/b`)).size;
      assert(Math.abs(stripped - real) < 4096, `${stripped}, strip: ${real}`);
      assert(stripped <= size);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

toolTest("footprint() comes near what the Go linker leaves unstripped", [
  "go",
], async () => {
  for (
    const [os, arch] of [["windows", "amd64"], ["darwin", "arm64"], [
      "linux",
      "amd64",
    ]] as const
  ) {
    const whole = footprint(new MemoryReader(await goProgram(os, arch)));
    const bare = await goProgram(os, arch, ["-ldflags=-s -w"]);
    const ratio = whole.stripped / bare.length;
    assert(ratio > 0.99 && ratio < 1.08, `${os}: ${ratio}`);
    assert(whole.size > whole.stripped);
  }
});

Deno.test("percentile() takes a measured value, and refuses too few", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assertEquals(percentile(hundred, 0.95), 95);
  assertEquals(percentile(hundred, 0.99), 99);
  assertEquals(percentile(hundred.slice(0, 20), 0.95), 99);
  assertEquals(percentile(hundred.slice(0, 19), 0.95), null);
  assertEquals(percentile(hundred.slice(0, 99), 0.99), null);
  assertEquals(percentile([3], 0.5), null);
  assertEquals(percentile([3, 1], 0.5), 1);
});

async function measured(path: string) {
  return footprint(new MemoryReader(await Deno.readFile(path)));
}

async function run(cwd: string, program: string, ...args: string[]) {
  const { success, stderr } = await new Deno.Command(program, { args, cwd })
    .output();
  assert(success, new TextDecoder().decode(stderr));
}
