/**
 * What holds of every limit that a comparison can reach: just below it two
 * files that differ in a time are equivalent; reaching it is shown by its name
 * and makes them unchecked; and beside a difference that was proven they are
 * different all the same.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { compareBytes } from "../compare_bytes.ts";

/** A file that reaches a limit, or not; times differ, and a text may. */
export type Build = (file: {
  readonly reached: boolean;
  readonly time: number;
  readonly text: string;
}) => Uint8Array;

/**
 * Declares the test of each limit.
 *
 * @param limited Files by the limit, which more words may follow.
 */
export function testLimits(limited: Readonly<Record<string, Build>>): void {
  for (const [name, build] of Object.entries(limited)) {
    Deno.test(`compare shows ${name} and does not judge behind it`, () =>
      assertLimited(build, name.split(" ")[0] ?? name));
  }
}

async function assertLimited(build: Build, limit: string): Promise<void> {
  const files = (reached: boolean, other = "text") =>
    [
      build({ reached, time: 1, text: "text" }),
      build({ reached, time: 2, text: other }),
    ] as const;
  const below = await compareBytes(...files(false));
  assertEquals([below.verdict, below.limitsHit], ["equivalent", []]);

  const [left, right] = files(true);
  const reached = await compareBytes(left, right);
  assertEquals(reached.verdict, "unchecked");
  assert(reached.limitsHit.some((hit) => hit.limit === limit));
  assertEquals((await compareBytes(right, left)).verdict, "unchecked");
  assertEquals((await compareBytes(left, left)).verdict, "identical");

  const proven = await compareBytes(...files(true, "test"));
  assertEquals(proven.verdict, "different");
}
