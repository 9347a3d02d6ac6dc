import { assert, assertEquals } from "@std/assert";
import { alignLarge } from "../../../verify/compare/align_large.ts";
import { compareRanges } from "../../../verify/compare/range.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { printSeed } from "../../seed.ts";
import { randomNumbers } from "../format/damage.ts";

const SIZE = 3 << 20;

function noise(what: string): Uint8Array {
  const random = randomNumbers(printSeed(what));
  return Uint8Array.from({ length: SIZE }, () => random(256));
}

/** With bytes put in, and the first few changed as an offset would be. */
function grown(bytes: Uint8Array, at: number, more: number): Uint8Array {
  const copy = new Uint8Array(bytes.length + more);
  copy.set(bytes.subarray(0, at));
  copy.set(bytes.subarray(at), at + more);
  copy[3] = (copy[3] ?? 0) ^ 1;
  copy[copy.length - 3] = (copy[copy.length - 3] ?? 0) ^ 1;
  return copy;
}

const whole = (bytes: Uint8Array) => ({
  reader: new MemoryReader(bytes),
  offset: 0,
  length: bytes.length,
});

Deno.test("alignLarge finds what was put into a long piece", () => {
  const left = noise("large");
  const right = grown(left, 1_000_001, 23);
  for (const [one, other] of [[left, right], [right, left]] as const) {
    const range = compareRanges(whole(one), whole(other));
    assert(range !== undefined);
    // What was put in, two bytes, and what happens to be equal beside it.
    assert(range.bytes <= 30, `${range.bytes}`);
    assert(range.moved > 2_000_000, `${range.moved}`);
  }
});

Deno.test("alignLarge gives equal parts in order and without overlap", () => {
  const left = noise("parts");
  const right = grown(grown(left, 2_000_000, 5), 300_000, 700);
  let [ours, theirs] = [0, 0];
  for (const { left: from, right: to, length } of alignLarge(left, right)) {
    assert(from >= ours && to >= theirs);
    assertEquals(
      left.subarray(from, from + length),
      right.subarray(to, to + length),
    );
    [ours, theirs] = [from + length, to + length];
  }
});

Deno.test("alignLarge does not align two programs", () => {
  assertEquals(alignLarge(noise("one"), noise("two").reverse()), []);
});

Deno.test("alignLarge takes pieces of any length, and finds them at any place", () => {
  const right = noise("lengths");
  for (const length of [0, 1, 15, 63, 64, 65, 111, 5_000]) {
    for (const at of [0, 1, 47, 48, 49, 1_234_567]) {
      const left = right.slice(at, at + length);
      assert(alignLarge(right, left).every((part) => part.length > 0));
      const parts = alignLarge(left, right);
      if (length < 64) assertEquals(parts, []);
      else assertEquals(parts[0], { left: 0, right: at, length });
    }
  }
});
