import { assert, assertEquals } from "@std/assert";
import { ar } from "../../../verify/format/ar.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { archive, symbolTable } from "./ar_fixture.ts";
import {
  bytesAt,
  bytesOf,
  labels,
  lawful,
  sound,
  surviveDamage,
} from "./damage.ts";

const TWO = [
  { name: "first.o/", contents: "abc", mtime: "1700000000", uid: "1000" },
  { name: "second.o/", contents: "defg" },
];

Deno.test("ar labels the parts of a member", () => {
  const layout = sound(ar, archive(TWO));
  assertEquals(
    layout.fields.map((field) => `${field.path} ${field.kind} ${field.length}`),
    [
      "ar/magic framing 8",
      "ar/first.o/header/name content 16",
      "ar/first.o/header/mtime volatile 12",
      "ar/first.o/header/uid volatile 6",
      "ar/first.o/header/gid volatile 6",
      "ar/first.o/header/mode content 8",
      "ar/first.o/header/size derived 10",
      "ar/first.o/header/end framing 2",
      "ar/first.o/contents content 3",
      "ar/first.o/padding derived 1",
      "ar/second.o/header/name content 16",
      "ar/second.o/header/mtime volatile 12",
      "ar/second.o/header/uid volatile 6",
      "ar/second.o/header/gid volatile 6",
      "ar/second.o/header/mode content 8",
      "ar/second.o/header/size derived 10",
      "ar/second.o/header/end framing 2",
      "ar/second.o/contents content 4",
    ],
  );
});

Deno.test("ar is detected by its magic string", () => {
  const detect = (text: string) => ar.detect(new MemoryReader(bytesOf(text)));
  assert(detect("!<arch>\n"));
  assert(detect("!<thin>\n"));
  assert(!detect("!<arch>"));
  assert(!detect("!<arch>\r"));
});

Deno.test("ar reads names of every dialect", () => {
  const longNames = "a_name_of_more_than_fifteen_bytes.o/\nanother.o/\n";
  const bytes = archive([
    { name: "//", contents: longNames },
    { name: "/0", contents: "x" },
    { name: "/37", contents: "y" },
    { name: "#1/12", contents: "bsd_name.o\0\0z" },
    { name: "debian-binary", contents: "2.0\n" },
    { name: "second name", contents: "w" },
  ]);
  const layout = sound(ar, bytes);
  for (
    const [name, contents] of [
      ["a_name_of_more_than_fifteen_bytes.o", "x"],
      ["another.o", "y"],
      ["bsd_name.o", "z"],
      ["debian-binary", "2.0\n"],
      ["second name", "w"],
    ] as const
  ) {
    assertEquals(
      bytesAt(bytes, layout, `ar/${name}/contents`),
      bytesOf(contents),
    );
  }
});

Deno.test("ar opens members, whatever their names end in", () => {
  const layout = sound(
    ar,
    archive([
      { name: "debian-binary", contents: "2.0\n" },
      { name: "control.tar.zst", contents: "control" },
    ]),
  );
  assertEquals(
    layout.fields.filter((field) => field.inner !== undefined)
      .map((field) => [field.path, field.inner]),
    [
      ["ar/debian-binary/contents", "stored"],
      ["ar/control.tar.zst/contents", "stored"],
    ],
  );
});

Deno.test("ar keeps members of one name apart, empty ones too", () => {
  const one = sound(
    ar,
    archive([{ name: "a/" }, { name: "a/", contents: "data" }]),
  );
  const other = sound(
    ar,
    archive([{ name: "a/", contents: "data" }, { name: "a/" }]),
  );
  const data = (layout: typeof one) =>
    layout.fields.find((field) =>
      field.path.endsWith("/contents") && field.length === 4
    )?.path;
  assertEquals(data(one), "ar/a#2/contents");
  assertEquals(data(other), "ar/a/contents");
});

Deno.test("ar derives the offsets of a symbol table from the members", () => {
  const table = (offsets: readonly number[]) =>
    archive([
      { name: "/", contents: symbolTable(offsets, ["one", "two"]) },
      ...TWO,
    ]);
  const first = 8 + 60 + 12 + 8;
  const layout = sound(ar, table([first, first + 64]));
  assertEquals(
    labels(layout).filter((path) => path.startsWith("ar///")).slice(7),
    [
      "ar///count",
      "ar///symbol-0-in-member-1",
      "ar///symbol-0",
      "ar///symbol-1-in-member-2",
      "ar///symbol-1",
      "ar///names",
    ],
  );
  const elsewhere = sound(ar, table([first, first + 63]));
  assert(labels(elsewhere).includes("ar///contents"));
});

Deno.test("ar reports what its readers may disagree on", () => {
  const cases: [string, Uint8Array, string][] = [
    ["a cut header", archive(TWO).slice(0, 30), "layout-invalid"],
    ["a cut member", archive(TWO).slice(0, 70), "layout-invalid"],
    [
      "a size past the end",
      archive([{ name: "a/", contents: "abc", size: "4000" }]),
      "layout-invalid",
    ],
    [
      "a negative size",
      archive([{ name: "a/", contents: "abc", size: "-4" }]),
      "layout-invalid",
    ],
    [
      "a name outside the table",
      archive([{ name: "/7", contents: "abc" }]),
      "layout-invalid",
    ],
    [
      "a name longer than its member",
      archive([{ name: "#1/99", contents: "abc" }]),
      "layout-invalid",
    ],
    ["trailing bytes", bytesOf(archive(TWO), "payload"), "layout-invalid"],
    [
      "padding that is missing",
      archive([{ name: "a/", contents: "abc" }]).slice(0, -1),
      "layout-truncated",
    ],
    [
      "members outside of a thin archive",
      archive([{ name: "a/", size: "4000" }], "!<thin>\n"),
      "layout-unsupported",
    ],
  ];
  for (const [title, bytes, code] of cases) {
    const layout = lawful(ar, bytes);
    assertEquals(layout.problems[0]?.code, code, title);
  }
});

Deno.test("ar leaves a size with leading zeros as it is", () => {
  const layout = sound(
    ar,
    archive([{ name: "a/", contents: "ab", size: "02" }]),
  );
  const size = layout.fields.find((field) => field.path.endsWith("/size"));
  assertEquals([size?.kind, size?.normalizer], ["content", undefined]);
});

Deno.test("ar lays out damaged archives by the law", () => {
  const first = 8 + 60 + 12 + 8;
  surviveDamage(
    ar,
    archive([
      {
        name: "/",
        contents: symbolTable([first, first + 64], ["one", "two"]),
      },
      ...TWO,
      { name: "#1/4", contents: "nameX" },
    ]),
    2000,
  );
});

toolTest(
  "ar agrees with the archiver that wrote the file",
  ["ar"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const sizes: Record<string, number> = {
        "short.txt": 5,
        "empty.txt": 0,
        "with_a_name_that_needs_the_table.txt": 33,
      };
      for (const [name, size] of Object.entries(sizes)) {
        await Deno.writeFile(
          `${folder}/${name}`,
          new Uint8Array(size).fill(65),
        );
      }
      const run = async (...args: string[]) => {
        const result = await new Deno.Command("ar", { args, cwd: folder })
          .output();
        assert(result.success, new TextDecoder().decode(result.stderr));
        return new TextDecoder().decode(result.stdout);
      };
      await run("rcU", "real.a", ...Object.keys(sizes));
      const listing = (await run("tv", "real.a")).trim().split("\n");
      const bytes = await Deno.readFile(`${folder}/real.a`);
      const layout = sound(ar, bytes);
      for (const [index, [name, size]] of Object.entries(sizes).entries()) {
        const words = (listing[index] ?? "").split(/\s+/);
        assertEquals([words[2], words.at(-1)], [String(size), name]);
        assertEquals(
          bytesAt(bytes, layout, `ar/${name}/contents`).length,
          size,
        );
        const owner = new TextDecoder().decode(
          bytesAt(bytes, layout, `ar/${name}/header/uid`),
        ).trim();
        assertEquals(words[1]?.split("/")[0], owner);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

toolTest(
  "ar derives every symbol of a static library",
  ["gcc", "ar"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["one", "two", "three"]) {
        await Deno.writeTextFile(
          `${folder}/${name}.c`,
          `int ${name}(void) { return ${name.length}; }\n`,
        );
      }
      const run = async (tool: string, ...args: string[]) => {
        const result = await new Deno.Command(tool, { args, cwd: folder })
          .output();
        assert(result.success, new TextDecoder().decode(result.stderr));
        return new TextDecoder().decode(result.stdout);
      };
      await run("gcc", "-c", "one.c", "two.c", "three.c");
      await run("ar", "rcs", "lib.a", "one.o", "two.o", "three.o");
      const bytes = await Deno.readFile(`${folder}/lib.a`);
      const layout = sound(ar, bytes);
      assertEquals(
        labels(layout).filter((path) => path.includes("-in-member-")),
        [1, 2, 3].map((index) => `ar///symbol-${index - 1}-in-member-${index}`),
      );
      surviveDamage(ar, bytes, 300);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
