import { assert, assertEquals } from "@std/assert";
import { peCause, peMakerOf } from "../../../verify/compare/cause_pe.ts";
import { compareReaders } from "../../../verify/compare/compare_readers.ts";
import { peFormat } from "../../../verify/format/pe.ts";
import { NORMALIZERS } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { object } from "../format/coff_fixture.ts";
import { AT, image } from "../format/pe_fixture.ts";
import { outsideImages, outsideTest } from "../format/pe_outside.ts";

const outside = await outsideImages();

/** Cause of the difference that one changed byte makes. */
async function causeAt(bytes: Uint8Array, at: number) {
  const changed = bytes.slice();
  changed[at] = (changed[at] as number) ^ 1;
  const { differences } = await compareReaders(
    { label: "left", reader: new MemoryReader(bytes) },
    { label: "right", reader: new MemoryReader(changed) },
  );
  return differences[0]?.cause;
}

Deno.test("peCause has a cause for every normaliser of PE and COFF", () => {
  const reader = new MemoryReader(image());
  const layout = peFormat.layout(reader);
  for (const { id, format } of NORMALIZERS) {
    if (format !== "pe" && format !== "coff") continue;
    const field = {
      path: "x",
      kind: "volatile",
      offset: 0,
      length: 4,
      normalizer: id,
    } as const;
    assert(peCause("x", { reader, layout, field }) !== undefined, id);
  }
});

Deno.test("peCause names the flag of the linker that wrote the image", async () => {
  assertEquals(await causeAt(image(), AT.coffStamp), {
    axis: "time",
    construct: "time of the link",
    fix:
      "Deterministic=true and ContinuousIntegrationBuild=true in the project",
  });
  assertEquals(await causeAt(object(), 4), {
    axis: "time",
    construct: "time of the compilation",
    fix: "cl and clang-cl /Brepro; lib and link /Brepro for import libraries",
  });
});

Deno.test("peCause says what content it knows and nothing of other bytes", async () => {
  assertEquals((await causeAt(image(), AT.rsds + 26))?.axis, "build-path");
  assertEquals((await causeAt(image(), AT.rich + 20))?.axis, "toolchain");
  assertEquals(await causeAt(image(), AT.text + 40), null);
});

outsideTest(
  "peMakerOf tells the linkers of released images apart",
  outside,
  (images) => {
    const makerOf = (name: string) => {
      const found = images.find((one) => one.name.includes(name));
      assert(found !== undefined, name);
      return peMakerOf(peFormat.layout(new MemoryReader(found.bytes)));
    };
    assertEquals(makerOf("Python.Runtime.dll"), "dotnet");
    assertEquals(makerOf("x64-msvc"), "msvc");
  },
);
