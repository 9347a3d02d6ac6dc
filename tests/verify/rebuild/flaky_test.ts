/**
 * A build that is another one time in four. Two runs of it agree more often
 * than not, so what they show is said with its bound; and where they differ,
 * no axis is blamed.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { rebuildText } from "../../../release/report/rebuild_text.ts";
import { rebuildProject } from "./project.ts";
import { toolTest } from "../../tool.ts";

/** Differs in the runs of the given numbers, from 1; counted outside of it. */
async function flaky(
  odd: readonly number[],
  options: Parameters<typeof rebuildProject>[1],
) {
  const count = Deno.makeTempFileSync({ prefix: "reproof-test-" });
  try {
    return await rebuildProject({
      script: `echo x >>${count}; case " ${odd.join(" ")} " in
        *" $(wc -l <${count} | tr -d ' ') "*) echo odd ;; *) echo made ;;
      esac >out`,
    }, { isolation: "none", jobs: 1, ...options });
  } finally {
    Deno.removeSync(count);
  }
}

Deno.test("two runs that agree by luck are said to exclude no rate", async () => {
  await using made = await flaky([4], {});
  assertEquals(made.result.verdict, "identical");
  assertStringIncludes(
    rebuildText("sample", made.result),
    "two builds exclude no rate at which a random difference shows",
  );
});

Deno.test("repeats find what is odd one time in four, and how often they did", async () => {
  await using made = await flaky([4], { repeats: 12 });
  assertEquals(made.result.verdict, "different");
  const text = rebuildText("sample", made.result);
  assertStringIncludes(text, "Repeats: 1 of 2 equal; other bytes in any/out");
  assertStringIncludes(text, "NOT reproducible");
});

Deno.test("repeats that miss it state a bound above one in four", async () => {
  // Twelve equal repeats are the fewest that exclude a rate of one in four.
  for (const [repeats, below] of [[11, 3 / 11], [12, 0.25]] as const) {
    await using made = await flaky([], { repeats });
    assertEquals(made.result.repeats?.rateBelow, below);
    assertStringIncludes(
      rebuildText("sample", made.result),
      `a random difference shows in less than ${
        Math.round(below * 1000) / 10
      } % of builds (95 %)`,
    );
  }
});

// Which axes a build varies depends on how many there are, and so on the clock:
// with fewer, another sequence of odd builds looks like an axis (a single one
// is proven in eight builds, which chance can pass).
toolTest(
  "no axis is blamed for what the varied run alone had by chance",
  ["faketime"],
  async () => {
    // The second run, and further ones such that at first a pair explains them.
    for (const odd of [[2], [2, 6], [2, 5, 9], [2, 4, 8, 11]]) {
      await using made = await flaky(odd, { attribute: true, seed: "1" });
      const [finding] = made.result.investigation?.findings ?? [];
      assertEquals(finding?.cause, "unknown", `${odd}: ${finding?.evidence}`);
    }
  },
);

toolTest(
  "no axis is blamed for what is odd one time in four",
  ["bwrap", "faketime"],
  async () => {
    let blamed = 0;
    for (let round = 0; round < 10; round++) {
      await using made = await rebuildProject({
        script: `byte=$(od -An -N1 -tu1 /dev/urandom)
          [ $((byte % 4)) = 0 ] && echo odd >out || echo made >out`,
      }, { attribute: true, seed: `${round}`, jobs: 1 });
      if (made.result.verdict === "identical") continue;
      const [finding] = made.result.investigation?.findings ?? [];
      if (finding?.cause === "axes") blamed++;
    }
    // One in a hundred is, as a pair; more than two of ten are no chance.
    assert(blamed <= 2, `${blamed}`);
  },
);
