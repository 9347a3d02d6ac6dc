/**
 * A longer string moves what is behind it. What follows from that is told from
 * what changed by itself, and nothing of it is accounted for.
 */

import { assert, assertEquals } from "@std/assert";
import { alignBytes } from "../../../verify/compare/align.ts";
import { gapsBetween } from "../../../verify/compare/gaps.ts";
import type { Comparison } from "../../../verify/compare/comparison.ts";
import { elf } from "../../../verify/format/elf.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { toolTest } from "../../tool.ts";
import { compareBytes } from "../compare_bytes.ts";
import { randomNumbers } from "../format/damage.ts";

const SOURCE = `
#include <assert.h>
#include <stdio.h>
int helper(int x) { assert(x > 0); return x * 3 + 1000; }
int table[] = { 1, 2, 3 };
const char *where[] = { "alpha", __FILE__, "omega" };
int main(int argc, char **argv) {
  printf("%s %s %s\\n", where[argc % 3], __FILE__, argv[0]);
  return helper(argc) + table[argc % 3];
}
`;

/** One program, built where its path is short and where it is long. */
async function builds(): Promise<[Uint8Array, Uint8Array]> {
  const folder = await Deno.makeTempDir();
  try {
    const built = [];
    for (const name of ["a", "another-and-longer-name"]) {
      const home = `${folder}/${name}`;
      await Deno.mkdir(home);
      await Deno.writeTextFile(`${home}/main.c`, SOURCE);
      const { success, stderr } = await new Deno.Command("gcc", {
        args: ["-O1", "-o", "main", `${home}/main.c`],
        cwd: home,
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      built.push(await Deno.readFile(`${home}/main`));
    }
    return built as [Uint8Array, Uint8Array];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const own = ({ differences }: Comparison) =>
  differences.filter(({ accountedBy, kind, follows, path }) =>
    accountedBy === null && kind === "content" && follows !== true &&
    !path.endsWith("+gap")
  ).map(({ path }) => path);

toolTest("compare tells a longer path from all that it moves", [
  "gcc",
], async () => {
  const [left, right] = await builds();
  const comparison = await compareBytes(left, right);
  assertEquals(comparison.verdict, "different");
  assertEquals(own(comparison), ["elf/.rodata"]);
  const [rodata] = comparison.differences.filter(({ path }) =>
    path === "elf/.rodata"
  );
  assertEquals(rodata?.cause?.axis, "build-path");
  assert((rodata?.moved ?? 0) > 0);
  const text = comparison.differences.find(({ path }) => path === "elf/.text");
  assertEquals([text?.follows, text?.accountedBy], [true, null]);
});

toolTest("compare shows a changed instruction among those that moved", [
  "gcc",
], async () => {
  const [left, right] = await builds();
  const field = elf.layout(new MemoryReader(right)).fields.find(({ path }) =>
    path === "elf/.text"
  );
  assert(field !== undefined);
  // The constant of helper.
  const code = right.subarray(field.offset, field.offset + field.length);
  const at = code.findIndex((_, index) =>
    new DataView(code.buffer, code.byteOffset).getUint32(
      Math.min(index, code.length - 4),
      true,
    ) === 1000
  );
  assert(at > 0);
  for (const change of [1, 16, 24]) {
    const changed = right.slice();
    changed[field.offset + at] = (changed[field.offset + at] ?? 0) + change;
    const comparison = await compareBytes(left, changed);
    assertEquals(
      own(comparison),
      ["elf/.text", "elf/.rodata"].sort().reverse(),
    );
    const text = comparison.differences.find(({ path }) =>
      path === "elf/.text"
    );
    assertEquals(text?.runs?.map(({ right }) => right.offset), [
      field.offset + at,
    ]);
  }
});

Deno.test("alignBytes finds what was added to a large range", () => {
  // Without zeros, which would end strings beside what was added.
  const random = randomNumbers(printSeed("a large range"));
  const left = Uint8Array.from({ length: 300_000 }, () => 1 + random(255));
  const right = new Uint8Array(left.length + 5);
  right.set(left.subarray(0, 1000));
  right.set(left.subarray(1000), 1005);
  // What was added may start with bytes that come next.
  const gaps = gapsBetween(
    alignBytes(left, right),
    left.length,
    right.length,
  );
  assertEquals(
    gaps.map(({ leftLength, rightLength }) => [
      leftLength,
      rightLength,
    ]),
    [[0, 5]],
  );
});

toolTest("compare tells what moved among more symbols than fit one call", [
  "gcc",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    const build = async (first: string) => {
      const symbols = Array.from(
        { length: 130_000 },
        (_, index) => `s${index}: .byte ${index % 251}\n.size s${index}, 1\n`,
      );
      await Deno.writeTextFile(
        `${folder}/many.s`,
        `.data\n.ascii "${first}"\n${symbols.join("")}`,
      );
      const { success, stderr } = await new Deno.Command("gcc", {
        args: ["-shared", "-nostdlib", "-o", "many", "many.s"],
        cwd: folder,
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      return await Deno.readFile(`${folder}/many`);
    };
    const [left, right] = [await build("one"), await build("three")];
    const { verdict } = await compareBytes(left, right);
    assertEquals(verdict, "different");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
