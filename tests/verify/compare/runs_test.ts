import { assertEquals } from "@std/assert";
import type { FieldSide } from "../../../verify/compare/account.ts";
import { runsOf } from "../../../verify/compare/runs.ts";
import { MemoryReader } from "../../../verify/reader.ts";

function side(bytes: Uint8Array): FieldSide {
  const field = {
    path: "elf/.data",
    kind: "content",
    offset: 0,
    length: bytes.length,
  } as const;
  return {
    reader: new MemoryReader(bytes),
    layout: { format: "elf", fields: [field], problems: [] },
    field,
  };
}

/** The runs of a field of which every other byte differs. */
function runs(count: number) {
  const length = 2 * count - 1;
  const right = Uint8Array.from({ length }, (_, index) => 1 - index % 2);
  return runsOf(side(new Uint8Array(length)), side(right), {
    start: 0,
    leftLength: length,
    rightLength: length,
    bytes: count,
    moved: 0,
  });
}

Deno.test("runsOf leaves no byte out, however many runs there are", () => {
  const most = 200_000;
  for (const count of [3, most - 1, most]) {
    const all = runs(count);
    assertEquals(all.length, count);
    assertEquals(all.at(-1)?.leftLength, 1);
  }
  const all = runs(most + 9);
  assertEquals(all.length, most);
  const at = 2 * (most - 1);
  assertEquals(all.at(-1), {
    leftStart: at,
    leftLength: 19,
    rightStart: at,
    rightLength: 19,
  });
});
