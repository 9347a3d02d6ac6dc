import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  improvement,
  percentile,
  reached,
  samplesNeeded,
} from "../../../verify/trial/percentile.ts";
import { printSeed } from "../../seed.ts";

Deno.test("percentile is the nearest rank", () => {
  const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  assertEquals(percentile(ten, 0.5), 5);
  assertEquals(percentile(ten, 0.95), 10);
  assertEquals(percentile([3], 0.99), 3);
  assertEquals(percentile([], 0.5), NaN);
});

Deno.test("percentile is a sample that enough samples do not exceed", () => {
  const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(times, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (
      samples,
      share,
    ) => {
      const value = percentile(samples, share);
      const below = samples.filter((sample) => sample <= value).length;
      const less = samples.filter((sample) => sample < value).length;
      assert(samples.includes(value));
      assert(below >= share * samples.length);
      assert(less < share * samples.length);
    }),
    { seed: printSeed("percentiles") },
  );
});

Deno.test("reached takes the slow end of rates, as of times", () => {
  const twenty = Array.from({ length: 20 }, (_, n) => n + 1);
  assertEquals(reached(twenty, 0.95, "lower"), 19);
  assertEquals(reached(twenty, 0.95, "higher"), 2);
});

Deno.test("samplesNeeded refuses the largest sample as a percentile", () => {
  assertEquals([0.5, 0.95, 0.99].map(samplesNeeded), [10, 20, 100]);
});

Deno.test("improvement gives the same interval for the same samples", () => {
  const reference = Array.from({ length: 40 }, (_, n) => 100 + n % 7);
  const artifact = Array.from({ length: 40 }, (_, n) => 50 + n % 5);
  const first = improvement({ reference, artifact }, 0.5);
  assertEquals(first, improvement({ reference, artifact }, 0.5));
  assert(first.low <= first.value && first.value <= first.high);
  assert(first.low > 45 && first.high < 55);
});

Deno.test("improvement of rates is positive for more", () => {
  const reference = Array.from({ length: 20 }, () => 100);
  const artifact = Array.from({ length: 20 }, () => 150);
  assertEquals(improvement({ reference, artifact }, 0.5, "higher"), {
    value: 50,
    low: 50,
    high: 50,
  });
  assertEquals(improvement({ reference, artifact }, 0.5).value, -50);
});
