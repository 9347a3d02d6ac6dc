/**
 * The layout against tools that read images their own way: llvm-readobj for
 * every number of the section table, objdump for places and sizes.
 */

import { assert, assertEquals } from "@std/assert";
import { detectFormat } from "../../../verify/format/detect.ts";
import type { Layout } from "../../../verify/format/layout.ts";
import { peFormat } from "../../../verify/format/pe.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { hasTool, toolTest } from "../../tool.ts";
import { sound, surviveDamage } from "./damage.ts";
import { goProgram } from "./go_program.ts";
import { image } from "./pe_fixture.ts";
import { outsideImages, outsideTest } from "./pe_outside.ts";

const outside = await outsideImages();

async function toolOutput(
  command: string,
  args: readonly string[],
  bytes: Uint8Array,
): Promise<string> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    const result = await new Deno.Command(command, { args: [...args, path] })
      .output();
    assert(result.success, new TextDecoder().decode(result.stderr));
    return new TextDecoder().decode(result.stdout);
  } finally {
    await Deno.remove(path);
  }
}

interface Section {
  readonly name: string;
  readonly virtualSize: number;
  readonly rawSize: number;
  readonly rawOffset: number;
}

/** What `llvm-readobj --sections` says. */
function readobjSections(text: string): Section[] {
  return text.split("  Section {\n").slice(1).map((block) => {
    const value = (key: string) =>
      new RegExp(`^\\s*${key}: (\\S+)`, "m").exec(block)?.[1] ?? "";
    return {
      name: value("Name"),
      virtualSize: Number(value("VirtualSize")),
      rawSize: Number(value("RawDataSize")),
      rawOffset: Number(value("PointerToRawData")),
    };
  });
}

/** What `objdump -h` says: name, size, file offset. */
function objdumpSections(text: string): [string, number, number][] {
  return [
    ...text.matchAll(
      /^ +\d+ (\S+) +([0-9a-f]{8}) +[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]{8})/gm,
    ),
  ].map(([, name = "", size = "", offset = ""]) => [
    name,
    parseInt(size, 16),
    parseInt(offset, 16),
  ]);
}

/** Asserts that a section begins and ends with fields of the layout. */
function assertSection(layout: Layout, section: Section): void {
  const { name, virtualSize, rawSize, rawOffset } = section;
  if (rawOffset === 0 || rawSize === 0) return;
  const starts = new Map(layout.fields.map((one) => [one.offset, one.path]));
  const ends = new Set(layout.fields.map((one) => one.offset + one.length));
  assert(starts.has(rawOffset), `${name} starts at ${rawOffset}`);
  assert(ends.has(rawOffset + rawSize), `${name} ends`);
  assert(
    layout.fields.some((one) => one.path === `pe/section-table/${name}/name`),
    name,
  );
  if (virtualSize > 0 && virtualSize < rawSize) {
    assert(
      starts.get(rawOffset + virtualSize)?.startsWith(`pe/${name}/slack`),
      `${name}/slack at ${rawOffset + virtualSize}`,
    );
  }
}

async function agree(bytes: Uint8Array): Promise<void> {
  assertEquals(detectFormat(new MemoryReader(bytes)), "pe");
  const layout = sound(peFormat, bytes);
  if (hasTool("llvm-readobj")) {
    const sections = readobjSections(
      await toolOutput("llvm-readobj", ["--sections"], bytes),
    );
    assert(sections.length > 0);
    for (const section of sections) assertSection(layout, section);
  }
  if (hasTool("objdump")) {
    const machines = await toolOutput("objdump", ["-f"], bytes).catch(() => "");
    if (!/file format pe/.test(machines)) return;
    const sections = objdumpSections(
      await toolOutput("objdump", ["-h"], bytes),
    );
    assert(sections.length > 0);
    for (const [name, size, offset] of sections) {
      // Of compressed sections objdump gives the expanded size.
      if (offset === 0 || size === 0 || name.startsWith(".zdebug")) continue;
      const part = layout.fields.find((one) => one.offset === offset);
      assert(part !== undefined, `${name} at ${offset}`);
      assert(
        layout.fields.some((one) => one.offset + one.length === offset + size),
        `${name} ends at ${offset + size}`,
      );
    }
  }
}

toolTest("pe agrees with readers of its own fixtures", [
  "llvm-readobj",
  "objdump",
], async () => {
  await agree(image());
  await agree(image({ wide: false }));
  await agree(image({ symbols: true, overlay: new Uint8Array([1, 2, 3]) }));
});

toolTest("pe agrees with readers of Go programs", ["go"], async () => {
  for (const arch of ["amd64", "386", "arm64"]) {
    await agree(await goProgram("windows", arch));
  }
  const stripped = await goProgram("windows", "amd64", ["-ldflags=-s -w"]);
  await agree(stripped);
  surviveDamage(peFormat, stripped, 60);
});

outsideTest(
  "pe agrees with readers of released images",
  outside,
  async (images) => {
    for (const { bytes } of images) await agree(bytes);
  },
);

outsideTest(
  "pe obeys the law on damaged released images",
  outside,
  (images) => {
    for (const { bytes } of images) {
      surviveDamage(peFormat, bytes, bytes.length < 100_000 ? 300 : 40);
    }
  },
);

outsideTest(
  "pe finds what released images are known to hold",
  outside,
  (images) => {
    const holds = (name: string) => {
      const found = images.find((one) => one.name.includes(name));
      assert(found !== undefined, name);
      return sound(peFormat, found.bytes).fields.map((field) =>
        field.normalizer ?? field.path
      );
    };
    const managed = holds("Python.Runtime.dll");
    assert(managed.includes("dotnet-mvid"));
    assert(managed.includes("pe/dotnet/#Strings"));
    const native = holds("x64-msvc");
    assert(native.includes("pe-rsds-guid"));
    assert(native.includes("pe-export-timestamp"));
    assert(native.includes("pe/rich/key"));
    assert(holds("cli-64.exe").includes("pe-resource-timestamp"));
  },
);
