/**
 * Ranges of one length in which padding took up what moved: what differs is
 * shown small, and what a tolerance is held against stays large.
 */

import { assert, assertEquals } from "@std/assert";
import { alignBytes } from "../../../verify/compare/align.ts";
import { compareRanges } from "../../../verify/compare/range.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { compareBytes } from "../compare_bytes.ts";

const text = (...parts: string[]) =>
  Uint8Array.from(
    parts.join("\0"),
    (character) => character.charCodeAt(0),
  );

const WORDS = Array.from({ length: 40 }, (_, index) => `word number ${index}`);

const whole = (bytes: Uint8Array) => ({
  reader: new MemoryReader(bytes),
  offset: 0,
  length: bytes.length,
});

Deno.test("a longer text before padding is one difference", () => {
  const left = text("short path", ...WORDS, "", "", "", "", "");
  const right = text("longer path", ...WORDS, "", "", "", "");
  assertEquals(left.length, right.length);
  const range = compareRanges(whole(left), whole(right));
  assert(range !== undefined);
  assert(range.bytes < 20, `${range.bytes}`);
  assert(range.moved > 400, `${range.moved}`);
  assert((range.unequal ?? 0) > 300, `${range.unequal}`);
});

Deno.test("a tolerance is held against every unequal byte", async () => {
  const left = text("short path", ...WORDS, "", "", "", "", "");
  const right = text("longer path", ...WORDS, "", "", "", "");
  const compare = async (bytesMax: number) =>
    (await compareBytes(left, right, {
      tolerances: [{ id: "t", artifact: "a", field: "data/data", bytesMax }],
    })).verdict;
  assertEquals(await compare(100), "different");
  assertEquals(await compare(10_000), "equivalent");
});

Deno.test("bytes that all differ are shown as they lie", () => {
  const left = new Uint8Array(500).fill(1);
  const right = new Uint8Array(500).fill(2);
  assertEquals(compareRanges(whole(left), whole(right)), {
    start: 0,
    leftLength: 500,
    rightLength: 500,
    bytes: 500,
    moved: 0,
  });
});

Deno.test("alignBytes pairs a table of pointers entry by entry", () => {
  // Each entry looks like its neighbour once all have moved by one entry.
  const table = (base: number) => {
    const bytes = new Uint8Array(8 * 20);
    const view = new DataView(bytes.buffer);
    for (let entry = 0; entry < 20; entry++) {
      view.setUint32(entry * 8, base + entry * 8, true);
    }
    return [...bytes];
  };
  const piece = (path: string, base: number) =>
    Uint8Array.from([
      ...text("a text in front of it", ""),
      ...table(base),
      ...text("a text behind it", path, "the last of the texts", ""),
    ]);
  const left = piece("short", 0x1000);
  const right = piece("not so short", 0x1008);
  const start = 22;
  for (const part of alignBytes(left, right)) {
    if (part.left < start || part.left >= start + 160) continue;
    assertEquals(part.right, part.left);
  }
});
