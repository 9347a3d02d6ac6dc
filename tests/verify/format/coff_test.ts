import { assert, assertEquals } from "@std/assert";
import { coffFormat } from "../../../verify/format/coff.ts";
import { detectFormat } from "../../../verify/format/detect.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { bytesAt, lawful, sound, surviveDamage } from "./damage.ts";
import { object, shortImport } from "./coff_fixture.ts";
import { Canvas } from "./pe_fixture.ts";

const detect = (bytes: Uint8Array) => detectFormat(new MemoryReader(bytes));

Deno.test("coff lays out an object and marks its stamp alone", () => {
  const bytes = object();
  const layout = sound(coffFormat, bytes);
  assertEquals(
    layout.fields
      .filter((field) => !/header\/|section-table/.test(field.path))
      .map((field) => `${field.offset} ${field.path} ${field.length}`),
    [
      "100 coff/.text 16",
      "116 coff/.debug$S_of_a_long_name 4",
      "120 coff/.text/relocations 10",
      "130 coff/.text/line-numbers 6",
      "136 coff/symbols 36",
      "172 coff/strings/size 4",
      "176 coff/strings/content 26",
    ],
  );
  assertEquals(
    layout.fields.filter((field) => field.normalizer !== undefined)
      .map((field) => [field.offset, field.length, field.normalizer]),
    [[4, 4, "coff-timestamp"]],
  );
});

Deno.test("coff lays out large objects and short imports", () => {
  for (const bytes of [object(true), shortImport()]) {
    assertEquals(detect(bytes), "coff");
    const layout = sound(coffFormat, bytes);
    assertEquals(
      layout.fields.filter((field) => field.normalizer !== undefined)
        .map((field) => [field.offset, field.normalizer]),
      [[8, "coff-timestamp"]],
    );
  }
  const text = new TextDecoder();
  const names = sound(coffFormat, shortImport());
  assertEquals(
    text.decode(bytesAt(shortImport(), names, "coff/import/library")),
    "x.dll\0",
  );
});

Deno.test("coff is not detected where an object cannot be", () => {
  assertEquals(detect(object()), "coff");
  const changed = (at: number, value: number) => {
    const bytes = object();
    bytes[at] = value;
    return detect(bytes);
  };
  assertEquals(changed(0, 0x65), "data", "unknown machine");
  assertEquals(changed(16, 1), "data", "an optional header");
  assertEquals(changed(18, 2), "data", "an image");
  assertEquals(changed(3, 1), "data", "no room for the sections");
  assertEquals(changed(10, 1), "data", "symbols past the end");
  const large = object(true);
  large[12] = 0;
  assertEquals(detect(large), "data", "another class of anonymous object");
});

Deno.test("coff names the place of a header that lies", () => {
  const lie = (at: number, value: number) => {
    // The first problem; what the lie covers may bring more.
    const canvas = new Canvas(object().length);
    canvas.put(0, object());
    canvas.u32(at, value);
    return lawful(coffFormat, canvas.bytes).problems.slice(0, 1)
      .map((one) => `${one.code} ${one.path}`);
  };
  assertEquals(lie(36, 0x1000), ["layout-out-of-range coff/.text"]);
  assertEquals(lie(40, 60), ["layout-overlap coff/.text"]);
  assertEquals(lie(44, 0xfffffff0), [
    "layout-out-of-range coff/.text/relocations",
  ]);
  assertEquals(lie(12, 0xffff), ["layout-out-of-range coff/symbols"]);
  const strings = object().length - 30;
  assertEquals(lie(strings, 31), ["layout-out-of-range coff/strings"]);
  const short = shortImport();
  short[12] = 11;
  assertEquals(
    lawful(coffFormat, short).problems.map((one) => one.path),
    ["coff/header/size-of-data"],
  );
});

Deno.test("coff takes an overflowing count from the first relocation", () => {
  const canvas = new Canvas(object().length);
  canvas.put(0, object());
  canvas.u16(52, 0xffff);
  canvas.u32(56, 0x61000020);
  canvas.u32(120, 1);
  const field = sound(coffFormat, canvas.bytes).fields
    .find((one) => one.path === "coff/.text/relocations");
  assertEquals(field?.length, 10);
});

Deno.test("coff obeys the law under damage", () => {
  surviveDamage(coffFormat, object(), 600);
  surviveDamage(coffFormat, object(true), 600);
  surviveDamage(coffFormat, shortImport(), 300);
});

toolTest("coff agrees with llvm-readobj on assembled objects", [
  "llvm-mc",
  "llvm-readobj",
], async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a.s`,
      ".text\n.globl main\nmain: ret\n.data\n.quad main\n.bss\n.zero 16\n" +
        '.section .debug_of_a_long_name,"dr"\n.long main\n',
    );
    const path = `${folder}/a.obj`;
    for (const target of ["x86_64", "aarch64"]) {
      const run = async (command: string, args: string[]) => {
        const result = await new Deno.Command(command, { args }).output();
        assert(result.success, new TextDecoder().decode(result.stderr));
        return new TextDecoder().decode(result.stdout);
      };
      await run("llvm-mc", [
        "-filetype=obj",
        `-triple=${target}-pc-windows-msvc`,
        "-o",
        path,
        `${folder}/a.s`,
      ]);
      const bytes = await Deno.readFile(path);
      assertEquals(detect(bytes), "coff");
      const layout = sound(coffFormat, bytes);
      const text = await run("llvm-readobj", ["--sections", path]);
      const blocks = text.split("  Section {\n").slice(1);
      assertEquals(blocks.length, 4);
      for (const block of blocks) {
        const value = (key: string) =>
          new RegExp(`^\\s*${key}: (\\S+)`, "m").exec(block)?.[1] ?? "";
        const field = layout.fields.find((one) =>
          one.path === `coff/${value("Name")}`
        );
        if (Number(value("PointerToRawData")) === 0) continue;
        assertEquals(
          [field?.offset, field?.length],
          [Number(value("PointerToRawData")), Number(value("RawDataSize"))],
        );
      }
      surviveDamage(coffFormat, bytes, 200);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
