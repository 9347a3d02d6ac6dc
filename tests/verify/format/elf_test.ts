import { assert, assertEquals } from "@std/assert";
import { comparePaths } from "../../../verify/compare_paths.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { readElf } from "../../../verify/format/elf_header.ts";
import { elf } from "../../../verify/format/elf.ts";
import { ledgerBreach } from "../../../verify/format/ledger.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { bytesOf } from "./damage.ts";
import { smallElf } from "../elf_fixture.ts";

Deno.test("elf.layout labels sections, notes, gaps and payloads", () => {
  const bytes = smallElf({ is64: true, littleEndian: true });
  const { fields, problems } = elf.layout(new MemoryReader(bytes));
  const paths = fields.map(({ path }) => path);
  assertEquals(problems, []);
  for (
    const path of [
      "elf/header/machine",
      "elf/.note.gnu.build-id/desc",
      "elf/.text",
      "elf/.text+gap",
      "elf/.comment",
      "elf/section-headers/.text",
      "elf/trailing",
    ]
  ) assert(paths.includes(path), path);
  const id = fields.find(({ path }) => path === "elf/.note.gnu.build-id/desc");
  assertEquals([id?.kind, id?.length, id?.normalizer], [
    "derived",
    20,
    "elf-build-id",
  ]);
});

Deno.test("elf.layout takes a build-id only from the section of linkers", () => {
  const bytes = smallElf({ is64: true, littleEndian: true });
  const text = new TextDecoder("latin1").decode(bytes);
  const renamed = bytes.slice();
  renamed[text.indexOf(".note.gnu.build-id") + 1] = 0x4e;
  const kinds = (file: Uint8Array) =>
    elf.layout(new MemoryReader(file)).fields
      .filter(({ path }) => path.endsWith("/desc")).map(({ kind }) => kind);
  assertEquals(kinds(bytes), ["derived"]);
  assertEquals(kinds(renamed), ["content"]);
  // The same section, marked as code.
  const headers = readElf(new MemoryReader(bytes));
  const executable = bytes.slice();
  executable[headers.sectionTable.offset + 64 + 8] = 4;
  assertEquals(kinds(executable), ["content"]);
});

Deno.test("elf.layout takes one build-id of a file, the first", () => {
  const note = bytesOf([4, 0, 0, 0, 16, 0, 0, 0, 3, 0, 0, 0], "GNU\0");
  const other = bytesOf(note, new Uint8Array(16).fill(9));
  const bytes = smallElf({
    is64: true,
    littleEndian: true,
    more: [[".note.gnu.build-id", 7, other]],
  });
  const { fields } = elf.layout(new MemoryReader(bytes));
  assertEquals(
    fields.filter(({ path }) => /\/desc(#2)?$/.test(path))
      .map(({ kind }) => kind),
    ["derived", "content"],
  );
});

Deno.test("elf.layout says where notes were not searched for a payload", () => {
  // Segments that all hold the same notes, and a section of nothing.
  const notes = 4096;
  const segments = 2;
  const table = 64 + 12 * notes;
  const bytes = new Uint8Array(table + 56 * segments + 64);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint32(32, table, true);
  view.setUint32(40, table + 56 * segments, true);
  for (const [at, value] of [[52, 64], [54, 56], [58, 64], [60, 1]] as const) {
    view.setUint16(at, value, true);
  }
  for (let index = 0; index < segments; index++) {
    const at = table + 56 * index;
    view.setUint32(at, 4, true);
    view.setUint32(at + 8, 64, true);
    view.setUint32(at + 32, 12 * notes, true);
    view.setUint32(at + 48, 4, true);
  }
  const codes = (count: number) => {
    view.setUint16(56, count, true);
    return elf.layout(new MemoryReader(bytes)).problems
      .map(({ code }) => code);
  };
  assertEquals(codes(1), []);
  assertEquals(codes(2), ["limit-reached"]);
});

Deno.test("elf.layout reports tables and sections that leave the file", () => {
  const bytes = smallElf({
    is64: true,
    littleEndian: true,
    payload: new Uint8Array(),
  });
  const cut = elf.layout(new MemoryReader(bytes.slice(0, -10)));
  assertEquals(cut.problems.map(({ code }) => code), ["layout-out-of-range"]);
  assertEquals(ledgerBreach(cut, bytes.length - 10), undefined);
});

toolTest("readElf agrees with readelf on sections and segments", [
  "gcc",
  "readelf",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a.c`,
      "int table[99] = {1}; int main(void) { return table[0]; }\n",
    );
    const builds: [string, string[]][] = [
      ["program", ["-O1", "-g"]],
      ["object", ["-c", "-ffunction-sections"]],
      ["library", ["-shared", "-fPIC", "-s"]],
    ];
    for (const [name, flags] of builds) {
      const path = `${folder}/${name}`;
      await run("gcc", [...flags, "-o", path, `${folder}/a.c`]);
      using reader = new FileReader(path);
      const headers = readElf(reader);
      const expected = [
        ...(await run("readelf", ["-SW", path])).matchAll(
          /^ +\[ *(\d+)\] (\S*) +\S+ +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) /gm,
        ),
      ].map(([, index, section, address, offset, size]) => [
        Number(index),
        section,
        parseInt(address ?? "", 16),
        parseInt(offset ?? "", 16),
        parseInt(size ?? "", 16),
      ]).filter(([index]) => index !== 0);
      assert(expected.length > 5);
      assertEquals(
        headers.sections.filter(({ index }) => index > 0).map((section) => [
          section.index,
          section.name,
          section.address,
          section.offset,
          section.size,
        ]),
        expected,
      );
      const layout = elf.layout(reader);
      assertEquals(layout.problems, []);
      assertEquals(ledgerBreach(layout, reader.size), undefined);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { LC_ALL: "C" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

toolTest("compare looks into compressed sections", [
  "gcc",
  "objcopy",
], async (t) => {
  for (const form of ["zlib", "zstd"]) {
    await t.step(form, () => compressedSections(form));
  }
});

async function compressedSections(form: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const build = async (name: string) => {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(
        `${folder}/${name}/a.c`,
        Array.from(
          { length: 99 },
          (_, index) => `int a_global_variable_number_${index};\n`,
        ).join("") + "int main(void) { return 0; }\n",
      );
      await run("gcc", [
        "-gdwarf-4",
        "-o",
        `${folder}/${name}/a`,
        `${folder}/${name}/a.c`,
      ]);
      await run("objcopy", [
        `--compress-debug-sections=${form}`,
        `${folder}/${name}/a`,
      ]);
      return `${folder}/${name}/a`;
    };
    const one = await build("one");
    using reader = new FileReader(one);
    assertEquals(elf.layout(reader).problems, []);
    const { verdict, differences } = await comparePaths(
      one,
      await build("other"),
    );
    assertEquals(verdict, "different");
    assert(
      differences.some(({ path }) =>
        /^elf\/\.debug_.*\/contents:data\/data$/.test(path)
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

toolTest("compare names the symbols that differ", ["gcc"], async () => {
  const folder = await Deno.makeTempDir();
  try {
    const build = async (name: string, body: string) => {
      await Deno.writeTextFile(
        `${folder}/a.c`,
        `int first(int x) { return x + 1; }
int second(int x) { return ${body}; }
int third(int x) { return x * 5; }
`,
      );
      await run("gcc", [
        "-O1",
        "-c",
        "-o",
        `${folder}/${name}`,
        `${folder}/a.c`,
      ]);
      return `${folder}/${name}`;
    };
    const { verdict, differences } = await comparePaths(
      await build("one", "x + 2"),
      await build("other", "x * x * x + 77"),
    );
    assertEquals(verdict, "different");
    const text = differences.find(({ path }) => path === "elf/.text");
    assertEquals(
      text?.detail,
      'in "second"+0x0; 1 of 3 symbols differ: "second"; 1 moved unchanged',
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
