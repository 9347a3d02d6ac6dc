/**
 * What a comparison accounts for is all that differs, and nothing is left of it
 * once it is gone. The normal form of a file beside another is the file with
 * every range that was accounted for as the other has it.
 *
 * - The normal form of an equivalent file is the other file, byte for byte: no
 *   difference was passed over in silence.
 * - Normalising is idempotent: beside the other file, a normal form has nothing
 *   left to account for, and taking only some of the ranges leaves the others.
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Difference } from "../../verify/compare/comparison.ts";
import { printSeed } from "../seed.ts";
import { compareBytes } from "../verify/compare_bytes.ts";
import { concat } from "../verify/tar_fixture.ts";
import { EVERY_FIXTURE } from "../verify/normalize/every_fixture.ts";
import { damaged } from "./damage.ts";
import { PAIRS } from "./fixtures.ts";

const seed = printSeed("normal forms");

/** Pairs of files of every normaliser and of every format. */
const ALL = { ...PAIRS, ...EVERY_FIXTURE };

/** Ranges of one file with the bytes that the other has there. */
interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

/**
 * The ranges that were accounted for, as the right file has them; undefined
 * where they lie in streams or in another order, which have no place of their
 * own in the file.
 */
function piecesOf(
  differences: readonly Difference[],
  right: Uint8Array,
): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (
    const { code, path, left: one, right: other, accountedBy } of differences
  ) {
    if (accountedBy === null || path.includes(":")) return undefined;
    if (code === "order-differs") return undefined;
    if (one === null || other === null) return undefined;
    pieces.push({
      offset: one.offset,
      length: one.length,
      bytes: right.slice(other.offset, other.offset + other.length),
    });
  }
  return pieces.sort((a, b) => a.offset - b.offset);
}

function normalForm(bytes: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { offset, length, bytes: other } of pieces) {
    assert(offset >= at, "ranges do not overlap");
    parts.push(bytes.subarray(at, offset), other);
    at = offset + length;
  }
  return concat(...parts, bytes.subarray(at));
}

let formed = 0;

for (const [name, { left, right }] of Object.entries(ALL)) {
  Deno.test(`normalising is whole and idempotent: ${name}`, async () => {
    const pairs = fc.oneof(
      fc.constant([left, right] as const),
      damaged(left).map((bytes) => [left, bytes] as const),
      damaged(right).map((bytes) => [left, bytes] as const),
    );
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(), async ([one, other], skip) => {
        const { verdict, differences } = await compareBytes(one, other);
        if (verdict !== "equivalent") return;
        const pieces = piecesOf(differences, other);
        if (pieces === undefined) return;
        formed++;
        const form = normalForm(one, pieces);
        assertEquals(form, other);
        const again = await compareBytes(form, other);
        assertEquals([again.verdict, again.differences], ["identical", []]);
        // Fewer ranges than all: what is left is never taken for nothing.
        const some = pieces.filter((_, index) =>
          index !== skip % pieces.length
        );
        const part = await compareBytes(normalForm(one, some), other);
        assert(part.verdict !== "identical");
      }),
      {
        seed,
        numRuns: 30,
        examples: [[[left, right], 0]],
      },
    );
  });
}

Deno.test("normal forms were made, of many files", () => {
  assert(formed > 20, `${formed}`);
});
