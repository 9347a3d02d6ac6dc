/**
 * The report of a comparison as a person reads it.
 */

import { assert, assertEquals } from "@std/assert";
import { comparisonText } from "../../../release/report/comparison_text.ts";
import { compareBytes } from "../../verify/compare_bytes.ts";
import { bytesOf } from "../../verify/format/damage.ts";

/** Twenty places of bytes, and one of text, far apart. */
function piece(byte: number, path: string): Uint8Array {
  return bytesOf(
    ...Array.from({ length: 20 }, (_, index) => [
      new Uint8Array(40),
      Uint8Array.of(byte, index),
    ]).flat(),
    new Uint8Array(40),
    `${path}\0`,
  );
}

Deno.test("what has a cause is shown, and of bare bytes two places", async () => {
  const comparison = await compareBytes(
    piece(0x81, "/home/one/src/a.c"),
    piece(0x82, "/srv/two2/src/a.c"),
  );
  const text = comparisonText(comparison);
  assert(text.startsWith("different:"), text);
  assert(text.includes("build-path"), text);
  assertEquals(text.match(/^ {4}left {3}/gm)?.length, 3, text);
  assert(text.includes("5 more places of bytes in --json"), text);
  assertEquals(comparison.differences[0]?.runs?.length, 8);
});
