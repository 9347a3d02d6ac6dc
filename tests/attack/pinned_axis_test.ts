/**
 * A recipe that takes an axis back by setting its variable: both runs see one
 * value, so a policy that asks for the axis is not satisfied.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { GOOD_SCRIPT, Workplace } from "../release/project.ts";

/** The time zone goes into the artifact, so nothing else would notice. */
const SCRIPT = `${GOOD_SCRIPT}echo "$TZ" >> artifact\n`;
const step = (env: Record<string, string>) => ({
  targets: {
    any: {
      build: [{ argv: ["/bin/sh", "build.sh"], env }],
      artifacts: [{ name: "artifact", path: "artifact" }],
    },
  },
});

function policy(...axes: string[]) {
  return {
    reproducibility: { verdict: "identical", isolation: "none", axes },
  };
}

for (
  const [where, recipe] of [
    ["the recipe", { env: { TZ: "UTC" } }],
    ["a step", step({ TZ: "UTC" })],
  ] as const
) {
  Deno.test(`release does not take for varied what ${where} sets`, async () => {
    using place = new Workplace();
    const asked = await place.release(
      place.script(SCRIPT, { recipe, policy: policy("time-zone") }),
    );
    assertEquals(asked.code, 3, asked.stdout + asked.stderr);
    assertStringIncludes(asked.stdout, "[axis-not-varied]");
    assertStringIncludes(asked.stdout, "not varied: time-zone");
    // Nobody asks for this axis, and the others are varied all the same.
    const other = await place.release(
      place.script(SCRIPT, { recipe, policy: policy("locale", "home") }),
    );
    assertEquals(other.code, 0, other.stdout + other.stderr);
    const report = JSON.parse(
      Deno.readTextFileSync(`${other.out}/report.json`),
    );
    assertEquals(
      report.rebuild.runs[0].notVaried["time-zone"],
      "the recipe sets TZ",
    );
  });
}

Deno.test("release takes for varied what the recipe leaves alone", async () => {
  using place = new Workplace();
  const run = await place.release(place.script(GOOD_SCRIPT, {
    recipe: { env: { PATH: "/usr/bin:/bin", NO_COLOR: "1" } },
    policy: policy("time-zone", "path-tail"),
  }));
  assertEquals(run.code, 0, run.stdout + run.stderr);
});
