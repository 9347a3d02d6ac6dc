import { assertEquals } from "@std/assert";
import { textCause } from "../../../verify/compare/cause_text.ts";
import type { Toolchain } from "../../../verify/compare/toolchain.ts";
import { compareBytes } from "../compare_bytes.ts";
import { smallElf } from "../elf_fixture.ts";
import { tarArchive, tarEntry } from "../tar_fixture.ts";

function cause(
  left: string,
  right: string,
  path = "elf/.rodata",
  toolchain: Toolchain = "gcc",
) {
  const found = textCause(left, right, { path, toolchain: () => toolchain });
  return found && [found.axis, found.construct];
}

Deno.test("textCause tells what builds leak", () => {
  const cases: [string, string, string, string][] = [
    ["Nov 20 2026", "Nov 21 2026", "time", "__DATE__"],
    ["at 14:11:16", "at 14:12:00", "time", "__TIME__"],
    [
      "Fri Nov 20 14:11:16 2026",
      "Sat Nov 21 14:11:16 2026",
      "time",
      "__TIMESTAMP__, or ctime of the build",
    ],
    [
      "built 2026-01-31T12:00:00Z",
      "built 2026-02-01T12:00:00Z",
      "time",
      "a date of the build",
    ],
    ["t=1795185451", "t=1795185999", "time", "a time since 1970"],
    ["t=1795185451123", "t=1795185999321", "time", "a time since 1970"],
    [
      "/home/one/src/main.c",
      "/tmp/other/src/main.c",
      "build-path",
      "__FILE__, assert, or another path of the build",
    ],
    ["/a/b/src/lib.rs", "/c/d/src/lib.rs", "build-path", "panic location"],
    [
      "GCC: (Debian 12.2.0-14) 12.2.0",
      "GCC: (Debian 13.1.0-1) 13.1.0",
      "toolchain",
      "version of the compiler or linker",
    ],
    [
      "build\tvcs.time=2026-01-01T00:00:00Z",
      "build\tvcs.time=2026-01-02T00:00:00Z",
      "source",
      "vcs.time, vcs.revision or vcs.modified of Go build info",
    ],
  ];
  for (const [left, right, axis, construct] of cases) {
    assertEquals(cause(left, right), [axis, construct], `${left} | ${right}`);
  }
});

Deno.test("textCause does not guess", () => {
  for (
    const [left, right] of [
      ["Nov 20 2026", "no date"],
      ["hello", "hallo"],
      ["", "Nov 20 2026"],
      ["on Nov 20 2026 by me", "on Nov 20 2026 by you"],
      ["/usr/lib/x.so loaded", "/usr/lib/x.so failed"],
      ["1/2", "2/3"],
      ["1.2.3", "1.2.4"],
    ] as const
  ) assertEquals(cause(left, right), undefined, `${left} | ${right}`);
});

Deno.test("textCause names the flag of the toolchain", () => {
  const fix = (toolchain: Toolchain) =>
    textCause("/a/b/c", "/d/e/f", { path: "", toolchain: () => toolchain })
      ?.fix;
  assertEquals(fix("go"), "-trimpath");
  assertEquals(fix("gcc"), "-ffile-prefix-map=OLD=NEW (GCC 8 and later)");
  assertEquals(fix("rustc")?.startsWith("--remap-path-prefix"), true);
});

Deno.test("compare names the cause of a difference in a file", async () => {
  const base = { is64: true, littleEndian: true };
  const causes = async (left: string, right: string) => {
    const { verdict, differences } = await compareBytes(
      smallElf({ ...base, text: left }),
      smallElf({ ...base, text: right }),
    );
    assertEquals(verdict, "different");
    const found = differences.find(({ path }) => path === "elf/.text")?.cause;
    return found && [found.axis, found.construct];
  };
  assertEquals(await causes("x\0Nov 20 2026\0", "x\0Nov 21 2026\0"), [
    "time",
    "__DATE__",
  ]);
  assertEquals(await causes("a\0bb\0ccc\0", "ccc\0a\0bb\0"), [
    "order",
    "the same strings in another order",
  ]);
  assertEquals(await causes("one thing", "two thing"), null);
});

Deno.test("compare names the cause of packed times, owners and modes", async () => {
  const { differences } = await compareBytes(
    tarArchive([tarEntry({})]),
    tarArchive([
      tarEntry({ mtime: "1", uname: "me", mode: "0000777" }),
    ]),
  );
  assertEquals(
    differences.map(({ path, cause }) => [path.split("/").at(-1), cause?.axis]),
    [
      ["mode", "umask"],
      ["mtime", "time"],
      ["checksum", null],
      ["uname", "user-name"],
    ],
  );
});
