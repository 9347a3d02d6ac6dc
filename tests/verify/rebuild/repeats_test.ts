import { assertEquals } from "@std/assert";
import { rateBound } from "../../../verify/rebuild/repeats.ts";
import { openCodes, rebuildProject } from "./project.ts";

/** A build that changes after a number of runs, counted outside of it. */
async function repeated(unlikeAt: number, repeats: number) {
  const count = await Deno.makeTempFile({ prefix: "reproof-test-" });
  try {
    await using made = await rebuildProject({
      script:
        `echo x >>${count}; n=$(wc -l <${count}); [ "$n" -ge ${unlikeAt} ] && echo other >out || echo made >out`,
    }, { repeats, isolation: "none", jobs: 1 });
    const { verdict, checks } = made.result;
    return {
      verdict,
      codes: openCodes(checks),
      repeats: made.result.repeats,
    };
  } finally {
    await Deno.remove(count);
  }
}

Deno.test("repeats state the bound of what they exclude", async () => {
  const { verdict, repeats } = await repeated(99, 4);
  assertEquals(verdict, "identical");
  assertEquals(repeats, { made: 4, equal: 4, unlike: [], rateBelow: 0.75 });
});

Deno.test("one unlike repeat is no reproducible build", async () => {
  const { verdict, codes, repeats } = await repeated(5, 4);
  assertEquals(verdict, "different");
  assertEquals(codes, ["repeat-differs", "source-not-committed"]);
  assertEquals(repeats, {
    made: 3,
    equal: 2,
    unlike: ["any/out"],
    rateBelow: null,
  });
});

Deno.test("too few repeats exclude nothing", () => {
  assertEquals([1, 2, 3, 30].map(rateBound), [1, 1, 1, 0.1]);
});
