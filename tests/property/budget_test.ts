/**
 * What may be decoded follows from the size of the input: flat for small
 * files, growing for larger ones, and never past the limits.
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { FieldBudget, fieldsMaxOf } from "../../verify/format/field_budget.ts";
import { DecodeBudget } from "../../verify/format/source.ts";
import { LIMITS } from "../../verify/limits.ts";
import { printSeed } from "../seed.ts";
import { compareBytes } from "../verify/compare_bytes.ts";
import { tarArchive, tarEntry } from "../verify/tar_fixture.ts";

/** Bytes that may be decoded, to the MiB. */
function allowed(inputBytes: number): number {
  const budget = new DecodeBudget(inputBytes);
  let pieces = 0;
  while (budget.take(1 << 20)) pieces++;
  return pieces;
}

Deno.test("DecodeBudget grows with the input, within the limits", () => {
  assertEquals(allowed(0), allowed(2 << 20));
  assert(allowed(2 << 20) < 300, "two files of 1 MiB stay cheap");
  assert(allowed(16 << 20) > 8 * 1024, "larger files may hold much more");
  fc.assert(
    fc.property(fc.nat(64 << 20), fc.nat(8 << 20), (size, more) => {
      assert(allowed(size) <= allowed(size + more));
      assert(allowed(size) <= LIMITS.expandedBytesMax / 2 ** 20);
      const entries = new DecodeBudget(size).entriesMax;
      assert(entries >= 10_000 && entries <= LIMITS.entriesMax);
      assert(entries <= new DecodeBudget(size + more).entriesMax);
    }),
    { seed: printSeed("decode budget"), numRuns: 20 },
  );
});

Deno.test("FieldBudget gives two files what each may have, and little more inside", () => {
  fc.assert(
    fc.property(fc.nat(8 << 20), (size) => {
      const own = fieldsMaxOf(size);
      assert(own >= 20_000 && own <= LIMITS.layoutFieldsMax);
      assert(own <= fieldsMaxOf(size + 1));
      const budget = new FieldBudget(2 * size, 2);
      assertEquals(budget.fieldsMax(size, 2), own);
      budget.take(2 * own);
      const inside = budget.fieldsMax(64 << 20, 2);
      assert(inside >= Math.floor(own / 2) - 1 && !budget.isUsedUp);
      budget.take(2 * inside + 2);
      // What one field is left of is not enough for two sides.
      assert(
        budget.fieldsMax(64 << 20, 2) <= 0 || own >= LIMITS.layoutFieldsMax,
      );
    }),
    { seed: printSeed("field budget") },
  );
});

Deno.test("compareReaders stops at more entries than the input can mean", async () => {
  const packed = (count: number, mtime: string) => {
    const entries = Array.from(
      { length: count },
      (_, index) => tarEntry({ name: index.toString(36), mtime }),
    );
    return new Uint8Array(gzipSync(tarArchive(entries), { level: 9 }));
  };
  const [left, right] = [packed(16_000, "1"), packed(16_000, "2")];
  const { verdict, limitsHit } = await compareBytes(left, right);
  assertEquals(verdict, "unchecked");
  assert(limitsHit.some(({ limit }) => limit === "entriesMax"));
  const few = await compareBytes(packed(5, "1"), packed(5, "2"));
  assertEquals(few.limitsHit, []);
});
