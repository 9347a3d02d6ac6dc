/**
 * What chance leaves over is no cause: fields that change by chance are named
 * after no axis, and pairs that do act together still are.
 */

import { assert, assertEquals } from "@std/assert";
import {
  confirmingBuild,
  foretold,
  mayBeChance,
} from "../../../../verify/rebuild/attribution/confirm.ts";
import {
  type Observation,
  provenExplanation,
} from "../../../../verify/rebuild/attribution/culprits.ts";
import { SeededRandom } from "../../../../verify/rebuild/random.ts";

const AXES = ["a", "b", "c", "d", "e"];

function observe(
  builds: readonly string[],
  label: (varied: ReadonlySet<string>) => string,
): Observation[] {
  return builds.map((axes) => {
    const varied = new Set(axes);
    return { varied, label: label(varied) };
  });
}

const both = (varied: ReadonlySet<string>) =>
  String(varied.has("a") && varied.has("b"));
/** Builds after which a and b together are all that is left, and one more. */
const BUILDS = ["", "abcde", "ab", "acde", "bcde", "cde"];

Deno.test("foretold() counts builds after the one that left an explanation", () => {
  const observations = observe(BUILDS, both);
  assertEquals(provenExplanation(AXES, observations), ["a", "b"]);
  const before = foretold(AXES, observations, ["a", "b"]);
  const more = observe([...BUILDS, "abd", "ac"], both);
  assertEquals(foretold(AXES, more, ["a", "b"]), before + 2);
  assertEquals(foretold(AXES, more, ["a", "c"]), 0);
});

Deno.test("confirmingBuild() is new and foretold to be the value seen least", () => {
  const observations = observe(BUILDS, both);
  for (let seed = 0; seed < 20; seed++) {
    const build = confirmingBuild(AXES, {
      observations,
      explanation: ["a", "b"],
      random: new SeededRandom(`${seed}`, "test"),
    });
    assert(build !== undefined);
    assertEquals(both(build), "true");
    assert(
      observations.every(({ varied }) =>
        varied.symmetricDifference(build).size > 0
      ),
    );
  }
});

Deno.test("confirmingBuild() has none where every such build was made", () => {
  const observations = observe(["", "a"], (varied) => `${varied.size}`);
  assertEquals(
    confirmingBuild(["a"], {
      observations,
      explanation: ["a"],
      random: new SeededRandom("1", "test"),
    }),
    undefined,
  );
});

Deno.test("a pair with two values may be chance, one axis or four values less", () => {
  assertEquals(mayBeChance(["a", "b"], observe(BUILDS, both)), true);
  assertEquals(mayBeChance(["a"], observe(BUILDS, both)), false);
  const each = (varied: ReadonlySet<string>) =>
    `${varied.has("a")}${varied.has("b")}`;
  assertEquals(mayBeChance(["a", "b"], observe(BUILDS, each)), false);
});
