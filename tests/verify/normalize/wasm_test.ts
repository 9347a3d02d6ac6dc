import { assert, assertEquals } from "@std/assert";
import { isVersionText } from "../../../verify/format/wasm_grammar.ts";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { bytesOf } from "../format/damage.ts";
import {
  component,
  custom,
  leb,
  module,
  name,
  names,
  producers,
  section,
  smallModule,
} from "../format/wasm_fixture.ts";
import { judge, walkMutations } from "./mutation_walk.ts";

Deno.test("wasm normalisers let no changed byte of a module pass unnamed", async () => {
  const { named } = await walkMutations(smallModule());
  assertEquals([...named].sort(), ["wasm-name", "wasm-producers"]);
});

Deno.test("wasm normalisers let no changed byte in a component pass", async () => {
  // Fields of the module inside are labelled by the comparison, not here.
  const inner = component(section(4, component()), section(7, bytesOf(0)));
  const { named } = await walkMutations(inner);
  assertEquals([...named], []);
});

Deno.test("compare accounts for names, versions and build id of one module", async () => {
  const one = smallModule();
  const cases: [string, Uint8Array, string[]][] = [
    ["a version", smallModule({ version: "19.1" }), [
      "wasm-length",
      "wasm-producers",
    ]],
    ["a function name", smallModule({ functions: ["main.h0123456789"] }), [
      "wasm-length",
      "wasm-name",
    ]],
    ["a module name", smallModule({ title: "other" }), ["wasm-name"]],
    [
      "a build id and a name",
      smallModule({ id: [9, 9, 9, 9], title: "other" }),
      [
        "wasm-build-id",
        "wasm-name",
      ],
    ],
  ];
  for (const [title, other, by] of cases) {
    const result = await judge(one, other);
    assertEquals(result.verdict, "equivalent", title);
    assertEquals([...result.by].sort(), by, title);
  }
  assertEquals(
    (await judge(
      component(section(1, one)),
      component(section(1, smallModule({ version: "1.8.1.2" }))),
    ))
      .verdict,
    "equivalent",
  );
});

Deno.test("compare excuses nothing else beside names and versions", async () => {
  const one = smallModule();
  const cases: [string, Uint8Array][] = [
    ["code", smallModule({ returned: 8, title: "other" })],
    ["data", smallModule({ data: "hallo", title: "other" })],
    ["longer data", smallModule({ data: "hello!", title: "other" })],
    ["a build id alone", smallModule({ id: [9, 9, 9, 9] })],
    ["a build id of another method", smallModule({ id: [1, 2], title: "x" })],
    ["a version that is no text", smallModule({ version: "1\n2" })],
    ["trailing data", bytesOf(smallModule({ title: "other" }), "x")],
  ];
  for (const [title, other] of cases) {
    assertEquals((await judge(one, other)).verdict, "different", title);
  }
});

Deno.test("compare shows a tool that came, went or changed its name", async () => {
  const one = module(producers({ "processed-by": [["clang", "18"]] }));
  const others = [
    producers({ "processed-by": [["clang", "18"], ["wasm-opt", "1"]] }),
    producers({ "processed-by": [["gcc", "18"]] }),
    producers({ language: [["C", "11"]], "processed-by": [["clang", "18"]] }),
    producers({}),
    custom("linking", bytesOf("x")),
  ];
  for (const other of others) {
    assertEquals((await judge(one, module(other))).verdict, "different");
  }
});

Deno.test("compare shows padding of numbers, order and swapped sections", async () => {
  const pairs: [Uint8Array, Uint8Array][] = [
    [custom("a", bytesOf("x")), custom("a", bytesOf("x"), 5)],
    [
      bytesOf(custom("a", bytesOf("x")), custom("b", bytesOf("x"))),
      bytesOf(custom("b", bytesOf("x")), custom("a", bytesOf("x"))),
    ],
    [
      bytesOf(custom("a", bytesOf("")), custom("a", bytesOf("x"))),
      bytesOf(custom("a", bytesOf("x")), custom("a", bytesOf(""))),
    ],
    [
      custom("name", section(0, name("m"))),
      custom("name", section(0, name("m"), 5)),
    ],
    [names("m", ["f"]), custom("name", section(0, name("m")))],
    [
      custom("build_id", bytesOf(leb(2), [1, 2])),
      custom("build_id", bytesOf(leb(2, 2), [1, 2])),
    ],
  ];
  for (const [left, right] of pairs) {
    assertEquals(
      (await judge(module(left), module(right))).verdict,
      "different",
    );
  }
});

Deno.test("a version is short printable ASCII", () => {
  for (
    const text of ["1.0", "18.1.2 (https://example.org abc)", "go1.26 X:a"]
  ) {
    assert(isVersionText(bytesOf(text)), text);
  }
  for (const text of ["", "\n", "ä", "x".repeat(257), "\x7f"]) {
    assert(!isVersionText(bytesOf(text)), text);
  }
});

Deno.test("wasm-go-build-id takes the grammar of the Go toolchain alone", () => {
  const valid = normalizerOf("wasm-go-build-id")?.valid;
  assert(valid?.(bytesOf("Abc_-1/x/y/Z9")));
  assert(valid?.(bytesOf("action/content")));
  // What its linker writes, and the same with the frame cut or longer.
  const framed = (id: string) =>
    Uint8Array.from(
      `\xff Go build ID: "${id}"\n \xff`,
      (one) => one.charCodeAt(0),
    );
  assert(valid?.(framed("Abc_-1/x/y/Z9")));
  assert(!valid?.(framed("Abc_-1/x/y/Z9").subarray(0, -1)));
  assert(!valid?.(framed('a/b" and more "')));
  for (const text of ["", "none", "a/b/c/d/e", "a b/c", "a/b\n"]) {
    assert(!valid?.(bytesOf(text)), text);
  }
});
