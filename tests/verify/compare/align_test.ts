import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { alignBytes, type AlignedPart } from "../../../verify/compare/align.ts";
import { gapsBetween } from "../../../verify/compare/gaps.ts";
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

function assertParts(
  left: Uint8Array,
  right: Uint8Array,
  blocks: readonly AlignedPart[],
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

Deno.test("alignBytes() gives equal bytes without overlap", () => {
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      assertParts(left, right, alignBytes(left, right));
    }),
    { seed: printSeed("alignBytes"), numRuns: 500 },
  );
});

Deno.test("alignBytes() and gapsBetween() hold every byte once", () => {
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      const parts = alignBytes(left, right);
      const gaps = gapsBetween(parts, left.length, right.length);
      for (const side of ["left", "right"] as const) {
        const held = new Uint8Array((side === "left" ? left : right).length);
        const hold = (start: number, length: number) => {
          for (let at = start; at < start + length; at++) {
            held[at] = (held[at] ?? 0) + 1;
          }
        };
        for (const part of parts) hold(part[side], part.length);
        for (const gap of gaps) {
          hold(gap[`${side}Start`], gap[`${side}Length`]);
        }
        assertEquals(held.every((times) => times === 1), true, side);
      }
    }),
    { seed: printSeed("alignBytes, gaps"), numRuns: 500 },
  );
});

Deno.test("alignBytes() says the same from both sides", () => {
  fc.assert(
    fc.property(bytes, bytes, fc.boolean(), (left, other, isCut) => {
      // Of one length it is not the length that puts them in order.
      const right = isCut ? other.subarray(0, left.length) : other;
      const key = ({ left, right, length }: AlignedPart) =>
        `${left} ${right} ${length}`;
      assertEquals(
        alignBytes(right, left).map(({ left, right, length }) =>
          key({ left: right, right: left, length })
        ).sort(),
        alignBytes(left, right).map(key).sort(),
      );
    }),
    { seed: printSeed("alignBytes, mirrored"), numRuns: 300 },
  );
});

Deno.test("alignBytes() finds what moved, in order and out of order", () => {
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
    const blocks = alignBytes(left, right);
    assertParts(left, right, blocks);
    const sum = blocks.reduce((total, { length }) => total + length, 0);
    assertEquals(sum, held);
  }
});
