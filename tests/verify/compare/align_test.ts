import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { alignBlocks, type Block } from "../../../verify/compare/align.ts";
import { leftovers, withRoom } from "../../../verify/compare/leftovers.ts";
import { printSeed } from "../../seed.ts";

/** Bytes in which windows repeat, so that blocks can be taken wrongly. */
const bytes = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    fc.constantFrom("/usr/src/one.rs\0", "/usr/src/two.rs\0", "\0\0\0\0").map(
      (text) => new TextEncoder().encode(text),
    ),
  ),
  { maxLength: 12 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

function assertBlocks(
  left: Uint8Array,
  right: Uint8Array,
  blocks: readonly Block[],
): void {
  for (const block of blocks) {
    assertEquals(
      left.slice(block.left, block.left + block.length),
      right.slice(block.right, block.right + block.length),
    );
  }
  for (const side of ["left", "right"] as const) {
    let end = 0;
    for (const block of blocks.toSorted((a, b) => a[side] - b[side])) {
      assertEquals(block[side] >= end, true, `${side} overlaps`);
      end = block[side] + block.length;
    }
    assertEquals(end <= (side === "left" ? left : right).length, true);
  }
}

Deno.test("alignBlocks() gives equal bytes without overlap", () => {
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      assertBlocks(left, right, alignBlocks(left, right));
    }),
    { seed: printSeed("align"), numRuns: 500 },
  );
});

Deno.test("alignBlocks() and leftovers() hold every byte once", () => {
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      const sizes = { left: left.length, right: right.length };
      const blocks = withRoom(alignBlocks(left, right), sizes);
      const pieces = leftovers(blocks, sizes);
      const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
      const held = sum(blocks.map(({ length }) => length));
      assertEquals(
        held + sum(pieces.map(({ leftLength }) => leftLength)),
        left.length,
      );
      assertEquals(
        held + sum(pieces.map(({ rightLength }) => rightLength)),
        right.length,
      );
    }),
    { seed: printSeed("leftovers"), numRuns: 500 },
  );
});

Deno.test("alignBlocks() finds what moved, in order and out of order", () => {
  const random = (length: number, salt: number) =>
    Uint8Array.from(
      { length },
      (_, index) => Math.imul(index + 7, 2654435761 + salt) >>> 24,
    );
  const [one, two] = [random(500, 1), random(700, 99)];
  const inserted = new TextEncoder().encode("something new");
  const cases: [Uint8Array[], number][] = [
    [[one, inserted, two], 1200],
    [[two, one], 1200],
    [[inserted, one], 500],
  ];
  for (const [parts, held] of cases) {
    const left = Uint8Array.from([...one, ...two]);
    const right = Uint8Array.from(parts.flatMap((part) => [...part]));
    const blocks = alignBlocks(left, right);
    assertBlocks(left, right, blocks);
    const sum = blocks.reduce((total, { length }) => total + length, 0);
    assertEquals(sum, held);
  }
});
