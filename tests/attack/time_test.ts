/**
 * Games with the time of a decision. A time to come is no time at which
 * anything was decided, and makes long waivers look short.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { exists, GOOD_SCRIPT, Workplace } from "../release/project.ts";

const inSeconds = (seconds: number) =>
  new Date(Date.now() + seconds * 1000).toISOString();

Deno.test("release signs nothing that is dated ahead of the clock", async () => {
  using place = new Workplace();
  const project = place.script(`${GOOD_SCRIPT}touch ${place.path}/built\n`);
  for (const now of ["2199-01-01T00:00:00Z", inSeconds(3600)]) {
    const run = await place.release(project, "--now", now);
    assertEquals(run.code, 2, run.stdout + run.stderr);
    assertStringIncludes(run.stderr, "not dated ahead of the clock");
    assertEquals(exists(`${place.path}/built`), false);
  }
});

Deno.test("no day that there is not is taken for another", async () => {
  using place = new Workplace();
  for (
    const [now, code] of [
      ["2026-02-30T00:00:00Z", 2],
      ["2026-13-01T00:00:00Z", 2],
      ["2024-02-29T23:59:59+14:00", 3],
    ] as const
  ) {
    const run = await place.verify(`${place.path}/nothing`, "--now", now);
    assertEquals(run.code, code, run.stderr);
  }
});

Deno.test("release allows for clocks that differ by minutes", async () => {
  using place = new Workplace();
  const now = inSeconds(120);
  const run = await place.release(place.script(GOOD_SCRIPT), "--now", now);
  assertEquals(run.code, 0, run.stdout + run.stderr);
  assertEquals((await place.verify(run.out, "--now", now)).code, 0);
});
