import { assertEquals } from "@std/assert";
import type { Comparison } from "../../../verify/compare/comparison.ts";
import { comparePaths } from "../../../verify/compare_paths.ts";
import { rootsOf } from "../../../release/report/difference_roots.ts";
import { toolTest } from "../../tool.ts";

/** Texts, tables, pointers and jumps that refer to each other. */
const PROGRAM = `
#include <stdio.h>
static const char *const names[] = {
  "first of the names", "second of the names", PLACE "/src/third.c",
  "fourth of the names", "fifth of the names",
};
struct limit { const char *name; long value; };
struct limit limits[] = {
  { "a limit of something", 40 }, { PLACE "/src/limit.c", NUMBER },
};
static const char *kind(int c) {
  switch (c) {
    case 1: return "one"; case 2: return "two"; case 3: return names[2];
    case 4: return "four"; case 5: return "five"; case 6: return limits[1].name;
    default: return PLACE "/src/kind.c";
  }
}
int main(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("%s %s\\n", argv[i], kind(argc + i));
  printf("%s %ld\\n", names[argc % 5], limits[argc % 2].value * FACTOR);
  return argc > 3 ? RESULT : 0;
}
`;

interface Variant {
  readonly place: string;
  readonly number?: number;
  readonly factor?: number;
  readonly result?: number;
}

async function build(path: string, variant: Variant): Promise<void> {
  const { place, number = 12, factor = 3, result = 5 } = variant;
  const { success, stderr } = await new Deno.Command("gcc", {
    args: [
      "-O1",
      "-x",
      "c",
      `-DPLACE="${place}"`,
      `-DNUMBER=${number}`,
      `-DFACTOR=${factor}`,
      `-DRESULT=${result}`,
      "-o",
      path,
      `${path}.c`,
    ],
    stderr: "piped",
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

async function compare(left: Variant, right: Variant): Promise<Comparison> {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    for (const [name, variant] of Object.entries({ left, right })) {
      // One source name for both, so that only what is asked for differs.
      Deno.mkdirSync(`${folder}/${name}`);
      Deno.writeTextFileSync(`${folder}/${name}/program.c`, PROGRAM);
      await build(`${folder}/${name}/program`, variant);
    }
    return await comparePaths(
      `${folder}/left/program`,
      `${folder}/right/program`,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What a person has to read. */
function roots({ differences }: Comparison): string[] {
  return rootsOf(differences.filter(({ accountedBy }) => accountedBy === null))
    .open.map(({ path }) => path);
}

const HERE = { place: "/home/one" };
const THERE = { place: "/srv/build/of/another/length" };

toolTest("a longer path is one difference, and the rest follows", [
  "gcc",
], async () => {
  const comparison = await compare(HERE, THERE);
  assertEquals(comparison.verdict, "different");
  assertEquals(roots(comparison), ["elf/.rodata"]);
  const rodata = comparison.differences.find(({ path }) =>
    path === "elf/.rodata"
  );
  assertEquals(rodata?.cause?.axis, "build-path");
  assertEquals((rodata?.moved ?? 0) > 0, true);
  const text = comparison.differences.find(({ path }) => path === "elf/.text");
  assertEquals(text?.follows, true);
});

toolTest("what changed besides does not follow", ["gcc"], async (t) => {
  const cases: [string, Variant, string][] = [
    ["a number in data", { ...THERE, number: 13 }, "elf/.data"],
    ["a number in code", { ...THERE, result: 6 }, "elf/.text"],
    ["an instruction in code", { ...THERE, factor: 7 }, "elf/.text"],
  ];
  for (const [name, variant, path] of cases) {
    await t.step(name, async () => {
      const comparison = await compare(HERE, variant);
      assertEquals(comparison.verdict, "different");
      assertEquals(roots(comparison).includes(path), true, path);
    });
  }
});

toolTest("where nothing moved nothing follows", ["gcc"], async () => {
  const comparison = await compare(HERE, { ...HERE, number: 13 });
  assertEquals(roots(comparison), ["elf/.data"]);
  assertEquals(comparison.differences.some(({ follows }) => follows), false);
});
