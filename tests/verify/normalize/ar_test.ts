import { assert, assertEquals } from "@std/assert";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { archive, type Member, symbolTable } from "../format/ar_fixture.ts";
import { bytesOf } from "../format/damage.ts";
import { toolTest } from "../../tool.ts";
import { judge, walkMutations } from "./mutation_walk.ts";

const TWO: readonly Member[] = [
  { name: "first.o/", contents: "abc", mtime: "1700000000", uid: "1000" },
  { name: "second.o/", contents: "defg", gid: "100" },
];

function withSymbols(members: readonly Member[]): Uint8Array {
  const first = 8 + 60 + 20;
  const size = bytesOf(members[0]?.contents ?? "").length;
  const second = first + 60 + size + size % 2;
  const table = symbolTable([first, second], ["one", "two"]);
  return archive([{ name: "/", contents: table }, ...members]);
}

Deno.test("ar normalisers let no changed byte of an archive pass unnamed", async () => {
  const { named } = await walkMutations(withSymbols(TWO));
  assertEquals([...named].sort(), ["ar-gid", "ar-mtime", "ar-uid"]);
  await walkMutations(archive([
    { name: "//", contents: "a_name_that_is_long_enough.o/\n" },
    { name: "/0", contents: "x" },
    { name: "#1/4", contents: "nameX" },
  ]));
});

Deno.test("compare accounts for times and owners and what follows", async () => {
  const other = TWO.map((member) => ({
    ...member,
    mtime: "1",
    uid: "0",
    gid: "65534",
  }));
  const result = await judge(withSymbols(TWO), withSymbols(other));
  assertEquals(result.verdict, "equivalent");
  assertEquals([...result.by].sort(), ["ar-gid", "ar-mtime", "ar-uid"]);
});

Deno.test("compare lets offsets and sizes follow a member that grew", async () => {
  const [first, second] = TWO as [Member, Member];
  const result = await judge(
    withSymbols(TWO),
    withSymbols([{ ...first, contents: "abcde" }, second]),
  );
  assertEquals(result.verdict, "different");
  assertEquals(result.unaccounted, ["ar/first.o/contents:data/data"]);
  assert(result.by.has("ar-size") && result.by.has("ar-symbol-offset"));
});

Deno.test("compare shows modes, names, order, doubles and lies", async () => {
  const [first, second] = TWO as [Member, Member];
  const cases: [string, readonly Member[]][] = [
    ["a mode", [{ ...first, mode: "104755" }, second]],
    ["a name", [{ ...first, name: "third.o/" }, second]],
    ["the order", [second, first]],
    ["a member less", [first]],
    ["a member twice", [first, first, second]],
    ["a size with zeros", [{ ...first, size: "003" }, second]],
    ["a time that is none", [{ ...first, mtime: "12x" }, second]],
    ["an owner that is none", [{ ...first, uid: "0x10" }, second]],
  ];
  for (const [title, members] of cases) {
    const { verdict } = await judge(archive(TWO), archive(members));
    assertEquals(verdict, "different", title);
  }
  const swapped = await judge(
    archive([{ name: "a/" }, { name: "a/", contents: "x" }]),
    archive([{ name: "a/", contents: "x" }, { name: "a/" }]),
  );
  assertEquals(swapped.verdict, "different");
});

Deno.test("compare shows a symbol that points to another member", async () => {
  const table = (offsets: readonly number[]) =>
    archive([
      { name: "/", contents: symbolTable(offsets, ["one", "two"]) },
      ...TWO,
    ]);
  const first = 88;
  const second = first + 64;
  assertEquals(
    (await judge(table([first, second]), table([second, first]))).verdict,
    "different",
  );
});

Deno.test("compare never calls thin archives equivalent", async () => {
  const thin = (mtime: string) =>
    archive([{ name: "a/", size: "10", mtime }], "!<thin>\n");
  assertEquals((await judge(thin("1"), thin("1"))).verdict, "identical");
  assertEquals((await judge(thin("1"), thin("2"))).verdict, "unchecked");
});

Deno.test("ar-mtime takes decimal seconds and blanks alone", () => {
  const valid = (text: string) =>
    normalizerOf("ar-mtime")?.valid(bytesOf(text.padEnd(12)));
  for (const text of ["", "0", "1700000000", "-1"]) assert(valid(text), text);
  for (const text of ["-2", "1 2", "0x1", "1.5", " 1"]) {
    assert(!valid(text), text);
  }
});

Deno.test("compare lets padding follow the size and takes nothing else there", async () => {
  const odd = archive([{ name: "a/", contents: "abc" }, { name: "b/" }]);
  const even = archive([{ name: "a/", contents: "abcd" }, { name: "b/" }]);
  const { unaccounted, by } = await judge(odd, even);
  assertEquals(unaccounted, ["ar/a/contents:data/data"]);
  assert(by.has("ar-padding"));
  const other = odd.slice();
  other[71] = 0x20;
  assertEquals((await judge(odd, other)).verdict, "different");
  const cut = archive([{ name: "a/", contents: "abc" }]);
  assertEquals((await judge(cut, cut.slice(0, -1))).verdict, "different");
});

toolTest(
  "compare sees through two builds of a .deb",
  ["dpkg-deb"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/package/DEBIAN`, { recursive: true });
      await Deno.mkdir(`${folder}/package/usr/bin`, { recursive: true });
      await Deno.writeTextFile(
        `${folder}/package/DEBIAN/control`,
        "Package: small\nVersion: 1.0\nArchitecture: all\n" +
          "Maintainer: A <a@example.org>\nDescription: small\n",
      );
      const program = `${folder}/package/usr/bin/small`;
      const build = async (
        name: string,
        { epoch, form, text = "#!/bin/sh\n", mode = 0o755 }: {
          epoch: number;
          form: string;
          text?: string;
          mode?: number;
        },
      ): Promise<Uint8Array> => {
        await Deno.writeTextFile(program, text);
        await Deno.chmod(program, mode);
        const result = await new Deno.Command("dpkg-deb", {
          args: [
            "--root-owner-group",
            `-Z${form}`,
            "-b",
            "package",
            name,
          ],
          cwd: folder,
          env: { SOURCE_DATE_EPOCH: String(epoch) },
        }).output();
        assert(result.success, new TextDecoder().decode(result.stderr));
        return await Deno.readFile(`${folder}/${name}`);
      };
      for (const form of ["none", "gzip", "xz", "zstd"]) {
        const one = await build("one.deb", { epoch: 1_000_000_000, form });
        const two = await build("two.deb", { epoch: 1_000_000_777, form });
        const { verdict } = await judge(one, two);
        assertEquals(verdict, "equivalent", form);
        for (const change of [{ text: "#!/bin/ed\n" }, { mode: 0o4755 }]) {
          const other = await build("other.deb", {
            epoch: 1_000_000_777,
            form,
            ...change,
          });
          assertEquals((await judge(one, other)).verdict, "different", form);
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("compare accounts for times in the tables of every dialect, and for no entry", async () => {
  const tables = {
    "GNU, wide": ["/SYM64/", "a/"],
    "BSD": ["__.SYMDEF SORTED", "a"],
    "BSD, wide": ["__.SYMDEF_64", "#1/1"],
  } as const;
  for (const [dialect, [table, member]] of Object.entries(tables)) {
    const make = (mtime: string, entry: string) =>
      archive([
        { name: table, contents: `${entry}\0\0\0\0\0\0\0`, mtime },
        { name: member, contents: "abc", mtime },
      ]);
    const verdictOf = async (mtime: string, entry: string) =>
      (await judge(make("1", "x"), make(mtime, entry))).verdict;
    assertEquals(await verdictOf("2", "x"), "equivalent", dialect);
    assertEquals(await verdictOf("1", "y"), "different", dialect);
    assertEquals(await verdictOf("2", "y"), "different", dialect);
  }
});
