/** The gate `parity` from recipe and policy to the decision, and verified. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { exists, Workplace } from "./project.ts";
import { outcomeOf, soon, TODAY } from "./trial_project.ts";

const SCRIPT = "{ cat program.sh; echo '# built'; } >artifact\n";
const PROGRAM = "# mode=aot contract=aot-v1\necho $(($1 + 1))\n";

function project(
  place: Workplace,
  more: {
    readonly cases?: readonly object[];
    readonly reference?: string;
    readonly described?: boolean;
    readonly policy?: Record<string, unknown>;
  } = {},
): string {
  const path = place.script(SCRIPT, {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
          ...more.described === false ? {} : {
            parity: {
              cases: { file: "cases.json" },
              reference: { argv: ["/bin/sh", "{source}/reference.sh"] },
              artifact: { argv: ["/bin/sh", "{artifact}"] },
            },
          },
        },
      },
    },
    policy: { parity: {}, ...more.policy },
  });
  Deno.writeTextFileSync(`${path}/program.sh`, PROGRAM);
  Deno.writeTextFileSync(
    `${path}/reference.sh`,
    more.reference ?? "expr $1 + 1\n",
  );
  Deno.writeTextFileSync(
    `${path}/cases.json`,
    JSON.stringify(
      more.cases ??
        [{ name: "one", args: ["1"] }, { name: "two", args: ["2"] }],
    ),
  );
  return path;
}

const OFF_BY_ONE = "expr $1 + $1\n";

Deno.test("gate parity: a go that verifies", async () => {
  using place = new Workplace();
  const run = await place.release(project(place));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "parity").gate, "go");
  assertEquals((await place.verify(run.out)).code, 0);
});

Deno.test("gate parity: a divergence is no go, shown as a diff, waivable", async () => {
  using place = new Workplace();
  const run = await place.release(project(place, { reference: OFF_BY_ONE }));
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "parity").reasons, ["parity-diverged"]);
  assertStringIncludes(
    Deno.readTextFileSync(`${run.out}.no-go/report.json`),
    String.raw`standard output at line 1: - \"4\" + \"3\"`,
  );
  const waived = await place.release(
    project(place, {
      reference: OFF_BY_ONE,
      policy: {
        waivers: [{
          id: "w1",
          finding: "parity-diverged",
          scope: "any/case/two",
          reason: "the reference is wrong here",
          owner: "release team",
          expires: soon(),
        }],
      },
    }),
    "--now",
    TODAY,
  );
  assertEquals(waived.code, 0, waived.stdout + waived.stderr);
  assertEquals((await place.verify(waived.out, "--now", TODAY)).code, 0);
});

Deno.test("gate parity: two broken sides that agree are inconclusive", async () => {
  using place = new Workplace();
  const path = project(place, { reference: "exit 2\n" });
  Deno.writeTextFileSync(
    `${path}/program.sh`,
    `${PROGRAM}exit 2\n`.replace("echo", ": "),
  );
  const run = await place.release(path);
  assertEquals(run.code, 3, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "parity").reasons, ["case-says-nothing"]);
});

Deno.test("gate parity: an artifact compared with its copy is no go", async () => {
  using place = new Workplace();
  const path = project(place);
  Deno.copyFileSync(`${path}/program.sh`, `${path}/reference.sh`);
  Deno.writeTextFileSync(`${path}/build.sh`, "cp program.sh artifact\n");
  const run = await place.release(path);
  assertEquals(run.code, 1, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "parity").reasons, [
    "artifact-copied",
    "reference-is-artifact",
  ]);
});

Deno.test("gate parity: nothing compared is inconclusive", async () => {
  using place = new Workplace();
  for (
    const [more, reasons] of [
      [{ described: false }, ["trial-missing"]],
      [{ cases: [] }, ["trial-too-small"]],
      [{ policy: { parity: { casesMin: 3 } } }, ["trial-too-small"]],
    ] as const
  ) {
    const run = await place.release(project(place, more));
    assertEquals(run.code, 3, run.stdout + run.stderr);
    assertEquals(exists(run.out), false);
    assertEquals(outcomeOf(run.out, "parity"), {
      outcome: "inconclusive",
      gate: "inconclusive",
      reasons,
    });
  }
});
