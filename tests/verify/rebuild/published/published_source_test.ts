import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../verify/error.ts";
import type { Package } from "../../../../verify/rebuild/registry/package.ts";
import { parsePublishedSource } from "../../../../verify/rebuild/published/published_source.ts";

const DIGEST = "0123456789abcdef".repeat(4);

Deno.test("parsePublishedSource reads every kind", () => {
  const named = (
    registry: Package["registry"],
    name: string,
    version: string,
    member?: string,
  ) => ({
    kind: "package" as const,
    package: { registry, name, version },
    member,
  });
  const cases = {
    "npm:tool@1.2.3": named("npm", "tool", "1.2.3"),
    "npm:@scope/tool@1.2.3#bin/tool": named(
      "npm",
      "@scope/tool",
      "1.2.3",
      "bin/tool",
    ),
    "go:example.com/tool@v1.2.3": named("go", "example.com/tool", "v1.2.3"),
    "pypi:tool@1.2.3": named("pypi", "tool", "1.2.3"),
    "crate:tool@1.2.3": named("crate", "tool", "1.2.3"),
    "crate:tool@1.2.3#src/lib.rs": named(
      "crate",
      "tool",
      "1.2.3",
      "src/lib.rs",
    ),
    "deb:tool=1:1.2-3+b1": named("deb", "tool", "1:1.2-3+b1"),
    "deb:tool=1.2-3#usr/bin/tool": named(
      "deb",
      "tool",
      "1.2-3",
      "usr/bin/tool",
    ),
    [`https://example.com/a#sha256=${DIGEST}`]: {
      kind: "https" as const,
      url: "https://example.com/a",
      sha256: DIGEST,
    },
    "dist/tool": { kind: "path" as const, path: "dist/tool" },
  };
  for (const [text, source] of Object.entries(cases)) {
    assertEquals(parsePublishedSource(text), source as typeof source);
  }
});

for (
  const text of [
    "npm:tool",
    "npm:tool@latest",
    "npm:tool@^1.2.3",
    "npm:--registry@1.0.0",
    "npm:tool@1.2.3#../../etc/passwd",
    "npm:tool@1.2.3#/etc/passwd",
    "go:tool@master",
    "deb:tool@1.2",
    "crate:tool@1.2.3#",
    "npm:tool@1.2.3#bin/tool#else",
    "pypi:tool==1.2.3",
    "https://example.com/a",
    "https://example.com/a#sha256=12",
    "http://example.com/a",
  ]
) {
  Deno.test(`parsePublishedSource refuses ${text}`, () => {
    assertThrows(() => parsePublishedSource(text), UsageError);
  });
}
