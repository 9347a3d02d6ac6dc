import { assert, assertEquals } from "@std/assert";
import { wasm } from "../../../verify/format/wasm.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { goProgram } from "./go_program.ts";
import {
  bytesAt,
  bytesOf,
  labels,
  lawful,
  sound,
  surviveDamage,
} from "./damage.ts";
import {
  component,
  custom,
  leb,
  module,
  section,
  smallModule,
} from "./wasm_fixture.ts";

Deno.test("wasm labels every part of a small module", () => {
  const bytes = smallModule();
  assert(WebAssembly.validate(bytes as BufferSource));
  const layout = sound(wasm, bytes);
  assertEquals(
    layout.fields.map((field) => `${field.path} ${field.kind}`),
    [
      "wasm/magic framing",
      "wasm/version framing",
      "wasm/type/section-id framing",
      "wasm/type/size derived",
      "wasm/type/contents content",
      "wasm/function/section-id framing",
      "wasm/function/size derived",
      "wasm/function/contents content",
      "wasm/memory/section-id framing",
      "wasm/memory/size derived",
      "wasm/memory/contents content",
      "wasm/code/section-id framing",
      "wasm/code/size-padded-to-5 content",
      "wasm/code/size derived",
      "wasm/code/function-count content",
      "wasm/code/function-0 content",
      "wasm/data/section-id framing",
      "wasm/data/size derived",
      "wasm/data/segment-count content",
      "wasm/data/segment-0 content",
      "wasm/name/section-id framing",
      "wasm/name/size derived",
      "wasm/name/section-name content",
      "wasm/name/module/subsection-id framing",
      "wasm/name/module/size derived",
      "wasm/name/module/names volatile",
      "wasm/name/function/subsection-id framing",
      "wasm/name/function/size-padded-to-5 content",
      "wasm/name/function/size derived",
      "wasm/name/function/names volatile",
      "wasm/producers/section-id framing",
      "wasm/producers/size derived",
      "wasm/producers/section-name content",
      "wasm/producers/field-count content",
      "wasm/producers/field-0/name-length derived",
      "wasm/producers/field-0/name content",
      "wasm/producers/language/count content",
      "wasm/producers/language/0/tool-length derived",
      "wasm/producers/language/0/tool content",
      "wasm/producers/language/0/version-length derived",
      "wasm/producers/language/0/version volatile",
      "wasm/producers/field-1/name-length derived",
      "wasm/producers/field-1/name content",
      "wasm/producers/processed-by/count content",
      "wasm/producers/processed-by/0/tool-length derived",
      "wasm/producers/processed-by/0/tool content",
      "wasm/producers/processed-by/0/version-length derived",
      "wasm/producers/processed-by/0/version volatile",
      "wasm/build_id/section-id framing",
      "wasm/build_id/size derived",
      "wasm/build_id/section-name content",
      "wasm/build_id/id-length content",
      "wasm/build_id/id derived",
    ],
  );
});

Deno.test("wasm is detected by its magic number and a whole preamble", () => {
  const detect = (bytes: Uint8Array) => wasm.detect(new MemoryReader(bytes));
  assert(detect(module()));
  assert(!detect(module().slice(0, 7)));
  assert(!detect(bytesOf(1, module().slice(1))));
});

Deno.test("wasm keeps custom sections that read like others apart", () => {
  const layout = sound(
    wasm,
    module(
      custom("code", Uint8Array.of(1)),
      custom("", Uint8Array.of(2)),
      custom("linking", Uint8Array.of(3)),
      custom("linking", Uint8Array.of(4)),
    ),
  );
  const paths = labels(layout);
  assert(paths.includes("wasm/custom:code/contents"));
  assert(paths.includes("wasm/custom:/contents"));
  assert(paths.includes("wasm/linking/contents"));
  assert(paths.includes("wasm/linking#2/contents"));
  assert(layout.fields.every((field) => field.kind !== "volatile"));
});

Deno.test("wasm treats custom sections outside their grammar as content", () => {
  const broken = [
    custom("build_id", bytesOf(leb(4), [1, 2, 3, 4, 5])),
    custom("build_id", bytesOf(leb(0))),
    custom("producers", bytesOf(leb(1), "x")),
    custom("producers", bytesOf(leb(0), [0])),
    custom("name", bytesOf(section(1, bytesOf(leb(1), leb(0), leb(9), "a")))),
    custom(
      "name",
      bytesOf(section(9, leb(0) as never), section(1, leb(0) as never)),
    ),
    custom("go:buildid", bytesOf("\xff Go build ID")),
  ];
  for (const part of broken) {
    const layout = sound(wasm, module(part));
    const rest = layout.fields.at(-1);
    assertEquals(rest?.kind, "content");
    assert(rest?.path.endsWith("/contents"));
  }
});

Deno.test("wasm opens modules and components inside a component", () => {
  const inner = smallModule();
  const bytes = component(
    section(1, inner),
    section(4, component()),
    section(7, Uint8Array.of(0)),
  );
  const layout = sound(wasm, bytes);
  const open = layout.fields.filter((field) => field.inner !== undefined);
  assertEquals(open.map((field) => field.path), [
    "wasm/core-module/contents",
    "wasm/component/contents",
  ]);
  assertEquals(bytesAt(bytes, layout, "wasm/core-module/contents"), inner);
});

Deno.test("wasm reports what the specification does not allow", () => {
  const cases: [string, Uint8Array, string][] = [
    ["unknown section", module(section(14, bytesOf("x"))), "layout-invalid"],
    [
      "repeated section",
      module(section(1, bytesOf([0])), section(1, bytesOf([0]))),
      "layout-invalid",
    ],
    [
      "late section",
      module(section(3, bytesOf([0])), section(1, bytesOf([0]))),
      "layout-invalid",
    ],
    [
      "size past the end",
      module(bytesOf(1, leb(100), [1, 2])),
      "layout-truncated",
    ],
    ["no size", module(bytesOf(1)), "layout-truncated"],
    [
      "size of six bytes",
      module(bytesOf(1, [0x80, 0x80, 0x80, 0x80, 0x80, 0])),
      "layout-truncated",
    ],
    [
      "name that is not UTF-8",
      module(section(0, bytesOf(leb(1), 0xff))),
      "layout-invalid",
    ],
    [
      "unknown version",
      bytesOf([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0], "rest"),
      "layout-unsupported",
    ],
    ["trailing text", bytesOf(smallModule(), "payload"), "layout-truncated"],
  ];
  for (const [title, bytes, code] of cases) {
    const layout = lawful(wasm, bytes);
    assertEquals(layout.problems[0]?.code, code, title);
    assertEquals(layout.problems.length, 1, title);
  }
});

Deno.test("wasm lays out damaged modules by the law", () => {
  surviveDamage(wasm, smallModule(), 2000);
  surviveDamage(wasm, component(section(1, smallModule())), 500);
});

toolTest(
  "wasm lays out a Go program as the engine reads it",
  ["go"],
  async () => {
    const bytes = await goProgram("js", "wasm");
    const layout = sound(wasm, bytes);
    const compiled = new WebAssembly.Module(bytes as BufferSource);
    for (const title of ["producers", "go:buildid"]) {
      const [contents] = WebAssembly.Module.customSections(compiled, title);
      const fields = layout.fields.filter((field) =>
        field.path.startsWith(`wasm/${title}/`) &&
        !/\/(section-id|size|section-name)$/.test(field.path)
      );
      const length = fields.reduce((sum, one) => sum + one.length, 0);
      assertEquals(length, contents?.byteLength, title);
    }
    assert(labels(layout).includes("wasm/producers/language/0/version"));
    assert(labels(layout).includes("wasm/code/function-100"));
    surviveDamage(wasm, bytes, 12);
  },
);
