import { assertEquals, assertStringIncludes } from "@std/assert";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { exists, GOOD_SCRIPT, Workplace } from "./project.ts";

const SIZE = "mode=aot contract=aot-v1\n".length;

function budget(target: Record<string, unknown>, more = {}) {
  return { budget: { targets: { any: target }, ...more } };
}

function rewrite(path: string, change: (text: string) => string): void {
  Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
}

Deno.test("the gate budget lets sizes pass that are within it", async () => {
  using place = new Workplace();
  const policy = budget({
    artifactBytes: SIZE,
    strippedBytes: SIZE,
    archiveBytes: 1000,
  });
  const made = await place.release(place.script(GOOD_SCRIPT, { policy }));
  assertEquals(made.code, 0, made.stdout + made.stderr);
  assertEquals(gateOf(made.out, "budget"), ["go", 3, 0, 0]);
  const verified = await place.verify(made.out, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertStringIncludes(verified.stdout, "budget/archive/any");
});

Deno.test("the gate budget refuses one byte too many, and a target without", async () => {
  using place = new Workplace();
  const small = await place.release(
    place.script(GOOD_SCRIPT, { policy: budget({ artifactBytes: SIZE - 1 }) }),
  );
  assertEquals(small.code, 1);
  assertEquals(reasonsOf(`${small.out}.no-go`), ["budget-size"]);
  const none = await place.release(
    place.script(GOOD_SCRIPT, { policy: { budget: { targets: {} } } }),
  );
  assertEquals(reasonsOf(`${none.out}.no-go`), ["budget-missing"]);
});

Deno.test("the gate budget is inconclusive without anything to compare with", async () => {
  using place = new Workplace();
  const policy = budget({ growthPercent: 10, buildSeconds: 100 });
  const made = await place.release(place.script(GOOD_SCRIPT, { policy }));
  assertEquals(made.code, 3);
  const out = `${made.out}.inconclusive`;
  assertEquals(reasonsOf(out), ["budget-build-time", "budget-growth"]);
  assertEquals(exists(`${out}/evidence/build-times.json`), true);
});

Deno.test("a budget of zero is wrong configuration", async () => {
  using place = new Workplace();
  const policy = budget({ artifactBytes: 0 });
  const made = await place.release(place.script(GOOD_SCRIPT, { policy }));
  assertEquals(made.code, 2);
});

Deno.test("growth is measured from a previous release that verifies", async (t) => {
  using place = new Workplace();
  const policy = budget({ growthPercent: 10 });
  const project = place.script(GOOD_SCRIPT, {
    policy: budget({ growthPercent: 10 }, { previous: "none" }),
  });
  // No size has a number here, so another budget makes the first a go.
  rewrite(`${project}/reproof.policy.json`, (text) =>
    JSON.stringify({
      ...JSON.parse(text),
      ...budget({ artifactBytes: 100, growthPercent: 10 }, {
        previous: "none",
      }),
    }));
  const first = await place.release(project);
  assertEquals(first.code, 0, first.stdout);
  rewrite(
    `${project}/reproof.policy.json`,
    (text) => JSON.stringify({ ...JSON.parse(text), ...policy }),
  );
  await t.step("the same again has not grown", async () => {
    const again = await place.release(project, "--previous", first.out);
    assertEquals(again.code, 0, again.stdout + again.stderr);
    assertEquals(exists(`${again.out}/evidence/previous.json`), true);
    const verified = await place.verify(again.out, "--explain");
    assertEquals(verified.code, 0, verified.stdout);
    assertStringIncludes(verified.stdout, "budget/growth/any/artifact");
  });
  await t.step(
    "more than the budget is a no-go that names the part",
    async () => {
      rewrite(
        `${project}/build.sh`,
        (text) => text + "echo 0123456789 >> artifact\n",
      );
      const grown = await place.release(project, "--previous", first.out);
      assertEquals(grown.code, 1, grown.stdout);
      assertEquals(reasonsOf(`${grown.out}.no-go`), ["budget-growth"]);
      assertStringIncludes(grown.stdout, "data +11");
    },
  );
  await t.step(
    "one that was changed is refused before anything is built",
    async () => {
      rewrite(`${first.out}/report.md`, (text) => text + "\n");
      const made = await place.release(project, "--previous", first.out);
      assertEquals(made.code, 2, made.stderr);
      assertStringIncludes(made.stderr, "baseline-invalid");
    },
  );
});

Deno.test("build time is the 95th percentile of a history with this build", async () => {
  using place = new Workplace();
  const history = (seconds: number, count = 19) => {
    const path = `${place.path}/history-${seconds}-${count}.json`;
    const build = { target: "any", version: "0.9.0", seconds };
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        schemaVersion: 1,
        project: "script",
        builds: Array(count).fill(build),
      }),
    );
    return path;
  };
  const project = place.script(GOOD_SCRIPT, {
    policy: budget({ buildSeconds: 600 }),
  });
  const go = await place.release(project, "--history", history(1));
  assertEquals(go.code, 0, go.stdout + go.stderr);
  assertEquals((await place.verify(go.out)).code, 0);
  const slow = await place.release(project, "--history", history(700));
  assertEquals(slow.code, 1);
  assertEquals(reasonsOf(`${slow.out}.no-go`), ["budget-build-time"]);
  const few = await place.release(project, "--history", history(1, 18));
  assertEquals(few.code, 3);
  const wrong = await place.release(project, "--history", history(-1));
  assertEquals(wrong.code, 2);
});

Deno.test("cache hits are read where a step tells, and open where none does", async () => {
  using place = new Workplace();
  const release = (log: string, cache: string | undefined) =>
    place.release(
      place.script(`${GOOD_SCRIPT}printf '${log}'\n`, {
        recipe: {
          targets: {
            any: {
              build: [{ argv: ["/bin/sh", "build.sh"], cache }],
              artifacts: [{ name: "artifact", path: "artifact" }],
            },
          },
        },
        policy: budget({ artifactBytes: 100, cacheHitPercent: 50 }),
      }),
    );
  const go = await release("Cache hits  5\\nCache misses  5\\n", "sccache");
  assertEquals(go.code, 0, go.stdout);
  assertEquals((await place.verify(go.out)).code, 0);
  const cold = await release("Cache hits  4\\nCache misses  6\\n", "sccache");
  assertEquals(reasonsOf(`${cold.out}.no-go`), ["budget-cache"]);
  for (const cache of ["ccache", undefined]) {
    const open = await release("Cache hits  5\\n", cache);
    assertEquals(reasonsOf(`${open.out}.inconclusive`), ["budget-cache"]);
  }
});
