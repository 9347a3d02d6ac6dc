import { assert, assertEquals } from "@std/assert";
import type { Layout } from "../../../verify/format/layout.ts";
import { macho } from "../../../verify/format/macho.ts";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import {
  bytesAt,
  bytesOf,
  labels,
  lawful,
  sound,
  surviveDamage,
} from "./damage.ts";
import { goProgram } from "./go_program.ts";
import { fat, sign, smallMacho } from "./macho_fixture.ts";

function pageHashes(bytes: Uint8Array, layout: Layout): string | undefined {
  const field = layout.fields.find((one) =>
    one.normalizer === "macho-page-hashes"
  );
  if (field === undefined) return undefined;
  return normalizerOf("macho-page-hashes")?.derive?.(
    new MemoryReader(bytes),
    field,
    layout,
  );
}

Deno.test("macho labels header, commands, sections and tables", () => {
  const bytes = sign(smallMacho());
  const layout = sound(macho, bytes);
  const paths = labels(layout).filter((path) =>
    !path.includes("LC_SEGMENT_64")
  );
  assertEquals(paths, [
    "macho/header/magic",
    "macho/header/cpu",
    "macho/header/file-type",
    "macho/header/commands",
    "macho/header/commands-size",
    "macho/header/flags",
    "macho/header/reserved",
    "macho/LC_SYMTAB/command",
    "macho/LC_SYMTAB/symbols-offset",
    "macho/LC_SYMTAB/symbol-count",
    "macho/LC_SYMTAB/strings-offset",
    "macho/LC_SYMTAB/strings-size",
    "macho/LC_LOAD_DYLIB(/usr/lib/libSystem.B.dylib)/command",
    "macho/LC_LOAD_DYLIB(/usr/lib/libSystem.B.dylib)/name-offset",
    "macho/LC_LOAD_DYLIB(/usr/lib/libSystem.B.dylib)/timestamp",
    "macho/LC_LOAD_DYLIB(/usr/lib/libSystem.B.dylib)/current-version",
    "macho/LC_LOAD_DYLIB(/usr/lib/libSystem.B.dylib)/compatibility-version",
    "macho/LC_LOAD_DYLIB(/usr/lib/libSystem.B.dylib)/name",
    "macho/LC_UUID/command",
    "macho/LC_UUID/uuid",
    "macho/LC_CODE_SIGNATURE/command",
    "macho/LC_CODE_SIGNATURE/data-offset",
    "macho/LC_CODE_SIGNATURE/data-size",
    "macho/padding",
    "macho/__TEXT,__text",
    "macho/__TEXT,__text+gap",
    "macho/symbols",
    "macho/symbols/object-0/mtime",
    "macho/symbols/run-1",
    "macho/strings",
    "macho/strings+gap",
    "macho/signature/header",
    "macho/signature/index",
    "macho/signature/code-directory/header",
    "macho/signature/code-directory/page-hashes",
  ]);
  assertEquals(
    layout.fields.filter((field) => field.kind !== "content")
      .filter((field) => field.kind !== "framing")
      .map((field) => [field.normalizer, field.length]),
    [
      ["macho-dylib-timestamp", 4],
      ["macho-uuid", 16],
      ["macho-oso-mtime", 8],
      ["macho-page-hashes", 64],
    ],
  );
  assertEquals(pageHashes(bytes, layout), "agrees");
});

Deno.test("macho reads files of either byte order", () => {
  const little = sound(macho, smallMacho());
  const big = sound(macho, smallMacho({ littleEndian: false }));
  assertEquals(labels(big), labels(little));
});

Deno.test("macho does not take a Java class for a fat file", () => {
  const detect = (bytes: Uint8Array) => macho.detect(new MemoryReader(bytes));
  const one = [...Array(12).fill(0), 0, 0, 0, 0, 0, 0, 0, 0];
  assert(detect(bytesOf([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1], one)));
  assert(!detect(bytesOf([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52], one)));
  assert(!detect(bytesOf([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0], one)));
});

Deno.test("macho opens the slices of a fat file", () => {
  const slices = [sign(smallMacho()), smallMacho({ uuid: 9 })] as const;
  const bytes = fat([[0x0100000c, slices[0]], [0x01000007, slices[1]]]);
  const layout = sound(macho, bytes);
  assertEquals(labels(layout), [
    "macho/fat/magic",
    "macho/fat/count",
    "macho/fat/arm64/entry",
    "macho/fat/x86_64/entry",
    "macho/fat/x86_64/entry+gap",
    "macho/fat/arm64/slice",
    "macho/fat/arm64/slice+gap",
    "macho/fat/x86_64/slice",
  ]);
  assertEquals(bytesAt(bytes, layout, "macho/fat/x86_64/slice"), slices[1]);
});

Deno.test("macho keeps a payload after the last segment as content", () => {
  const layout = sound(macho, smallMacho({ payload: "payload" }));
  const last = layout.fields.at(-1);
  assertEquals([last?.path, last?.kind, last?.length], [
    "macho/trailing",
    "content",
    7,
  ]);
});

Deno.test("macho holds every page hash against the file", () => {
  const bytes = sign(smallMacho());
  for (const at of [0x800, 0x1001, 0x40]) {
    const wrong = bytes.slice();
    wrong[at] = (wrong[at] as number) ^ 1;
    assertEquals(pageHashes(wrong, lawful(macho, wrong)), "disagrees");
  }
});

Deno.test("macho reports what the specification does not allow", () => {
  const change = (at: number, value: number): Uint8Array => {
    const bytes = sign(smallMacho());
    new DataView(bytes.buffer).setUint32(at, value, true);
    return bytes;
  };
  const cases: [string, Uint8Array, string][] = [
    ["more commands than there are", change(16, 99), "layout-invalid"],
    ["commands past the end", change(20, 1 << 30), "layout-truncated"],
    ["a command without a length", change(32 + 4, 0), "layout-invalid"],
    ["a segment past the end", change(32 + 48, 1 << 30), "layout-out-of-range"],
    ["a cut file", smallMacho().slice(0, 0x900), "layout-out-of-range"],
    ["a cut header", smallMacho().slice(0, 100), "layout-truncated"],
    [
      "an architecture twice",
      fat([[12, smallMacho()], [12, smallMacho()]]),
      "layout-invalid",
    ],
  ];
  for (const [title, bytes, code] of cases) {
    const { problems } = lawful(macho, bytes);
    assert(
      problems.some((problem) => problem.code === code),
      `${title}: ${JSON.stringify(problems)}`,
    );
  }
  const signed = sign(smallMacho());
  const offset = signed.length - sound(macho, signed).fields
    .filter((field) => field.path.startsWith("macho/signature"))
    .reduce((sum, field) => sum + field.length, 0);
  const cutSignature = signed.slice();
  cutSignature[offset] = 0;
  assertEquals(
    lawful(macho, cutSignature).problems.map((problem) => problem.path),
    ["macho/signature"],
  );
});

Deno.test("macho lays out damaged files by the law", () => {
  surviveDamage(macho, sign(smallMacho(), { entitlements: "<x/>" }), 3000);
  surviveDamage(macho, smallMacho({ littleEndian: false }), 1000);
  surviveDamage(
    macho,
    fat([[12, sign(smallMacho())], [7, smallMacho()]]),
    1000,
  );
});

/** Sections as `llvm-readobj` lists them. */
function listedSections(text: string): [string, number, number][] {
  return [
    ...text.matchAll(
      /Name: (\S+) [^]*?Segment: (\S+) [^]*?Size: (0x[0-9A-F]+)\s+Offset: (\d+)[^]*?Type: (\S+)/g,
    ),
  ].filter(([, , , , , type]) => type !== "ZeroFill")
    .map(([, name, segment, size, offset]) => [
      `macho/${segment},${name}`,
      Number(offset),
      Number(size),
    ]);
}

toolTest("macho agrees with LLVM on the sections of Go programs", [
  "go",
  "llvm-readobj",
], async () => {
  for (const arch of ["arm64", "amd64"]) {
    const bytes = await goProgram("darwin", arch);
    const layout = sound(macho, bytes);
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, bytes);
      const result = await new Deno.Command("llvm-readobj", {
        args: ["--sections", path],
      }).output();
      const listed = listedSections(new TextDecoder().decode(result.stdout));
      assert(listed.length > 8);
      for (const [label, offset, size] of listed) {
        const parts = layout.fields.filter(({ path }) =>
          (path === label || path.startsWith(`${label}/`)) &&
          !path.endsWith("+gap")
        );
        const length = parts.reduce((sum, one) => sum + one.length, 0);
        assertEquals([parts[0]?.offset, length], [offset, size], label);
      }
    } finally {
      await Deno.remove(path);
    }
    surviveDamage(macho, bytes, 30);
  }
});

toolTest("macho finds the Go build id that the toolchain reads", [
  "go",
], async () => {
  for (const arch of ["arm64", "amd64"]) {
    const bytes = await goProgram("darwin", arch);
    const id = bytesAt(
      bytes,
      sound(macho, bytes),
      "macho/__TEXT,__text/go-build-id",
    );
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, bytes);
      const { stdout } = await new Deno.Command("go", {
        args: ["tool", "buildid", path],
      }).output();
      assertEquals(
        new TextDecoder().decode(id),
        new TextDecoder().decode(stdout).trim(),
      );
    } finally {
      await Deno.remove(path);
    }
  }
});

toolTest("macho recomputes the page hashes that the Go linker wrote", [
  "go",
], async () => {
  const bytes = await goProgram("darwin", "arm64");
  assertEquals(pageHashes(bytes, sound(macho, bytes)), "agrees");
});

Deno.test("macho lays out as many sections as there are", () => {
  const [segments, sections] = [8, 20_000];
  const commandBytes = 72 + 80 * sections;
  const end = 32 + segments * commandBytes;
  const bytes = new Uint8Array(end + 4);
  const view = new DataView(bytes.buffer);
  const words = (at: number, ...values: number[]) =>
    values.forEach((value, index) =>
      view.setUint32(at + 4 * index, value, true)
    );
  words(0, 0xfeedfacf, 0x0100000c, 0, 2, segments, segments * commandBytes);
  for (let segment = 0; segment < segments; segment++) {
    const at = 32 + segment * commandBytes;
    words(at, 0x19, commandBytes);
    words(at + 64, sections);
    for (let index = 0; index < sections; index++) {
      words(at + 72 + 80 * index + 48, end);
    }
  }
  const { format, fields } = macho.layout(new MemoryReader(bytes));
  assertEquals([format, fields.at(-1)?.length], ["macho", 4]);
});
