import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../../verify/error.ts";
import { expandPlaceholders } from "../../../verify/rebuild/placeholder.ts";
import { printSeed } from "../../seed.ts";

const VALUES = {
  version: "1.2.3",
  target: "linux-x64",
  sourceDateEpoch: "17",
  jobs: "2",
  prepared: "/prepared",
  deno: "/deno",
  artifact: "/artifact",
  artifacts: { main: "/artifact", "vm-2": "/vm" },
  tool: { gcc: "/usr/bin/gcc", "a.b-c": "/x" },
  toolVersion: { gcc: "gcc 12" },
};
const expand = (text: string, values: object = VALUES) =>
  expandPlaceholders(text, values, { what: "$" });

Deno.test("expandPlaceholders replaces each form", () => {
  assertEquals(
    expand("{version} {target} {sourceDateEpoch} {jobs} {prepared} {deno}"),
    "1.2.3 linux-x64 17 2 /prepared /deno",
  );
  assertEquals(
    expand("{artifact} {tool:gcc} {tool:a.b-c} {toolVersion:gcc}"),
    "/artifact /usr/bin/gcc /x gcc 12",
  );
  assertEquals(expand("{artifact:vm-2} {artifact:main}"), "/vm /artifact");
});

Deno.test("expandPlaceholders leaves other braces alone", () => {
  for (
    const text of [
      "{}",
      "{ version }",
      "{print $1}",
      '{"version": 1}',
      "{1}",
      "{{.Version}}",
      "}{",
      "{version",
    ]
  ) assertEquals(expand(text), text);
});

Deno.test("expandPlaceholders refuses what it does not know", () => {
  for (
    const text of [
      "{artifact:other}",
      "{artifact:}",
      "{verison}",
      "{Version}",
      "${HOME}",
      "{tool}",
      "{tool:}",
      "{tool:clang}",
      "{toolVersion:clang}",
      "{version:1}",
      "{constructor}",
      "{tool:constructor}",
      "{tool:__proto__}",
    ]
  ) {
    const error = assertThrows(() => expand(text), UsageError);
    assertEquals(error.code, "recipe-invalid", text);
  }
});

Deno.test("expandPlaceholders refuses one without a value there", () => {
  assertThrows(() => expand("{artifact}", { version: "1" }), UsageError);
  assertThrows(() => expand("{tool:gcc}", { version: "1" }), UsageError);
});

Deno.test("expandPlaceholders suggests the nearest", () => {
  const error = assertThrows(() => expand("{verison}"), UsageError);
  assertEquals(error.next?.startsWith('Did you mean "{version}"?'), true);
});

Deno.test("expandPlaceholders puts values in once and changes nothing else", () => {
  const plain = fc.string({ unit: "binary" }).filter((text) =>
    !/[{}]/.test(text)
  );
  fc.assert(
    fc.property(plain, fc.string(), plain, (before, value, after) => {
      assertEquals(
        expand(`${before}{version}${after}`, { version: value }),
        before + value + after,
      );
    }),
    { seed: printSeed("placeholders") },
  );
});

Deno.test("expandPlaceholders never leaves a known word in braces", () => {
  const piece = fc.oneof(
    fc.constantFrom("{version}", "{target}", "{tool:gcc}", "{", "}", "$", ":"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      let expanded: string;
      try {
        expanded = expand(pieces.join(""), {
          version: "V",
          target: "T",
          tool: { gcc: "G" },
        });
      } catch (error) {
        assertEquals(error instanceof UsageError, true);
        return;
      }
      assertEquals(/\{(?:version|target|tool:gcc)\}/.test(expanded), false);
    }),
    { seed: printSeed("placeholders") },
  );
});
