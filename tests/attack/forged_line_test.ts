/**
 * Artifacts that say one thing to who reads their bytes and print another: the
 * text that is printed stands there without a newline, at the end of the file,
 * or in UTF-16. Where this host cannot run them nobody would notice.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { findBuildInfo } from "../../verify/metadata/build_info.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { concat } from "../verify/tar_fixture.ts";
import { GOOD_SCRIPT, Workplace } from "../release/project.ts";

const GOOD = "mode=aot contract=aot-v1";
const OTHER = "mode=jit contract=aot-v0";
const NUL = Uint8Array.of(0);

function wide(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((one) => [one.charCodeAt(0), 0]));
}

function straysOf(...parts: Uint8Array[]): string[] {
  const reader = new MemoryReader(concat(...parts));
  return findBuildInfo(reader, ["mode", "contract"]).strays
    .map(({ line }) => line);
}

Deno.test("a text that fits the grammar is found in every form", () => {
  const found: [string, Uint8Array[]][] = [
    ["ended by a NUL", [bytesOf(OTHER), NUL]],
    ["at the end of the file", [NUL, bytesOf(OTHER)]],
    ["in UTF-16", [wide(OTHER), wide("\0")]],
    ["in UTF-16 at an odd place", [NUL, wide(`say ${OTHER}`)]],
    ["in UTF-16 across chunks", [
      new Uint8Array((1 << 20) - 21),
      wide(OTHER),
      NUL,
    ]],
  ];
  for (const [name, parts] of found) {
    assertEquals(straysOf(...parts), [OTHER], name);
  }
  const left: [string, Uint8Array[]][] = [
    ["a line", [bytesOf(`${OTHER}\n`)]],
    ["a pattern", [bytesOf("mode=%s contract=%s"), NUL]],
    ["a text of other keys", [bytesOf("mode=jit profile=x contract=y"), NUL]],
    ["a part of a text", [wide("contract=aot-v0")]],
  ];
  for (const [name, parts] of left) assertEquals(straysOf(...parts), [], name);
});

const FORGED: [string, string, number][] = [
  ["a text that ends with a NUL", `printf '${OTHER}\\0' >> artifact`, 1],
  ["a text at the end of the file", `printf '${OTHER}' >> artifact`, 1],
  [
    "a text in UTF-16",
    `printf '${OTHER}' | sed 's/./&@/g' | tr @ '\\000' >> artifact`,
    1,
  ],
  ["the same text again", `printf '${GOOD}\\0' >> artifact`, 0],
  ["the same text in front of another", `printf '${GOOD}x\\0' >> artifact`, 0],
];

for (const [name, more, code] of FORGED) {
  Deno.test(`release ends with ${code} for a line and ${name}`, async () => {
    using place = new Workplace();
    const run = await place.release(place.script(`${GOOD_SCRIPT}${more}\n`));
    assertEquals(run.code, code, run.stdout + run.stderr);
    if (code === 0) return;
    assertStringIncludes(run.stdout, "[metadata-ambiguous] any/artifact");
    assertStringIncludes(run.stdout, OTHER);
  });
}

Deno.test("release says what a text without a newline lacks", async () => {
  using place = new Workplace();
  const run = await place.release(
    place.script(`printf '${GOOD}\\0' > artifact\n`),
  );
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertStringIncludes(run.stdout, "without a newline behind it");
});
