import { assertEquals } from "@std/assert";
import { textCause } from "../../../verify/compare/cause_text.ts";
import {
  type Toolchain,
  toolchainOf,
} from "../../../verify/compare/toolchain.ts";
import { layoutOf } from "../../../verify/format/detect.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { compareBytes } from "../compare_bytes.ts";
import { smallElf } from "../elf_fixture.ts";
import { bytesOf } from "../format/damage.ts";
import {
  custom,
  leb,
  module,
  producers,
  section,
} from "../format/wasm_fixture.ts";
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

Deno.test("textCause names the flag of each compiler and linker", () => {
  const paths = ["/home/one/src/a.c", "/srv/two/src/a.c"] as const;
  const fix = (path: string, toolchain: Toolchain, ending = "") =>
    textCause(`${paths[0]}${ending}`, `${paths[1]}${ending}`, {
      path,
      toolchain: () => toolchain,
    })?.fix ?? "";
  const cases: [string, Toolchain, string][] = [
    ["elf/.rodata", "gcc", "-ffile-prefix-map"],
    ["elf/.rodata", "clang", "-ffile-prefix-map"],
    ["elf/.rodata", "rustc", "--remap-path-prefix"],
    ["macho/__TEXT,__rodata", "go", "-trimpath"],
    ["pe/dotnet/#US", "dotnet", "PathMap"],
    ["pe/.rdata/content", "msvc", "/pathmap:"],
    ["wasm/data/segment-0", "assemblyscript", "asc"],
    // Of the linker, whatever compiled.
    ["macho/strings", "clang", "-oso_prefix"],
    ["macho/LC_ID_DYLIB(/home/one/src/a.dylib)/name", "clang", "-install_name"],
    ["macho/LC_RPATH/path", "clang", "-rpath @loader_path"],
    ["elf/.dynstr", "gcc", "$ORIGIN"],
  ];
  for (const [path, toolchain, flag] of cases) {
    const found = fix(path, toolchain);
    assertEquals(found.includes(flag), true, `${path}: ${found}`);
  }
  // A source says its language where the file does not.
  assertEquals(fix("pe/.rdata/content", "unknown", " a.rs").length > 0, true);
  const rust = textCause("/home/one/lib.rs", "/srv/two/lib.rs", {
    path: "pe/.rdata/content",
    toolchain: () => "unknown",
  });
  assertEquals(rust?.fix?.includes("--remap-path-prefix"), true);
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
  // A table of numbers has zeros too.
  assertEquals(
    await causes("\x01\0\x02\0\x02\0\x01\0", "\x02\0\x01\0\x01\0\x02\0"),
    null,
  );
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

/** A module with one passive data segment. */
function moduleOf(text: string, ...others: Uint8Array[]): Uint8Array {
  const wide = Uint8Array.from(
    [...text].flatMap((letter) => [letter.charCodeAt(0), 0]),
  );
  return module(
    section(
      11,
      bytesOf(leb(1), 1, leb(wide.length + 4), leb(text.length, 4), wide),
    ),
    ...others,
  );
}

Deno.test("causes are found in texts of UTF-16, and with the flag of AssemblyScript", async () => {
  const library = custom("x", bytesOf("~\0l\0i\0b\0/\0r\0t\0"));
  const cause = async (left: string, right: string, other: Uint8Array) => {
    const { verdict, differences } = await compareBytes(
      moduleOf(left, other),
      moduleOf(right, other),
    );
    assertEquals(verdict, "different");
    return differences.find(({ path }) => path.startsWith("wasm/data/segment"))
      ?.cause;
  };
  const [one, other] = ["one/assembly/index.ts", "another/assembly/index.ts"];
  const found = await cause(one, other, library);
  assertEquals(
    [found?.axis, found?.construct, found?.fix?.includes("asc")],
    ["build-path", "path of a source in an assertion", true],
  );
  const unknown = await cause(one, other, custom("x", bytesOf("")));
  assertEquals(
    [unknown?.axis, unknown?.construct],
    ["build-path", "__FILE__, assert, or another path of the build"],
  );
  assertEquals(
    (await cause("Nov 20 2026", "Nov 21 2026", library))?.axis,
    "time",
  );
  assertEquals(await cause("one text", "another text", library), null);
});

Deno.test("toolchainOf reads the producers of a module", () => {
  const toolchain = (...fields: [string, string][]) => {
    const reader = new MemoryReader(
      module(producers({ "processed-by": fields })),
    );
    return toolchainOf({ reader, layout: layoutOf(reader) });
  };
  assertEquals(toolchain(["rustc", "1.90.0"]), "rustc");
  assertEquals(toolchain(["clang", "20.1.0"]), "clang");
  assertEquals(toolchain(["TinyGo", "0.39.0"]), "go");
  assertEquals(toolchain(["wabt", "1.0.36"]), "unknown");
});
