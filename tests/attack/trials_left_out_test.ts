/**
 * A publisher who leaves out of a signed report what a trial found: everything
 * is signed again with the right key, and the checks and the decision follow
 * from what is left. Only the recipe beside them tells what is missing.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";

import { copyTree, Workplace } from "../release/project.ts";
import { signAgain } from "./sign_again.ts";

const step = (name: string) => ({
  name,
  command: { argv: ["/bin/sh", "{artifact}"] },
  expect: { stdout: "hello\n" },
});

// deno-lint-ignore no-explicit-any -- what a liar writes has no type
const LIES: [string, (report: any) => void, string][] = [
  ["nothing but the signatures", () => {}, ""],
  ["one step", (report) => {
    report.trials.trials[0].findings.pop();
    dropCheck(report, "smoke/any/step/two");
  }, "smoke/any/step/two"],
  ["one step, told twice instead", (report) => {
    const { findings } = report.trials.trials[0];
    findings[1] = findings[0];
    dropCheck(report, "smoke/any/step/two");
  }, "smoke/any/step/two"],
  ["the whole trial", (report) => {
    report.trials.trials = [];
    dropCheck(report, "smoke/any/step/one");
    dropCheck(report, "smoke/any/step/two");
  }, "trial-missing"],
  ["the section", (report) => {
    delete report.trials;
  }, "trial-missing"],
  ["which bytes were tried", (report) => {
    report.trials.trials[0].sha256 = "a".repeat(64);
  }, "trial-not-run"],
];

// deno-lint-ignore no-explicit-any -- what a liar writes has no type
function dropCheck(report: any, id: string): void {
  report.checks = report.checks.filter((check: { id: string }) =>
    check.id !== id
  );
  for (const gate of report.decision.gates) {
    if (gate.gate === "smoke") gate.passed -= 1;
  }
}

Deno.test("verify misses what a signed report leaves out of its trials", async (t) => {
  using place = new Workplace();
  const made = await place.release(place.script(
    "printf '# mode=aot contract=aot-v1\\necho hello\\n' > artifact\n",
    {
      recipe: {
        targets: {
          any: {
            build: [{ argv: ["/bin/sh", "build.sh"] }],
            artifacts: [{ name: "artifact", path: "artifact" }],
            smoke: { steps: [step("one"), step("two")] },
          },
        },
      },
      policy: { smoke: {} },
    },
  ));
  assertEquals(made.code, 0, made.stdout + made.stderr);
  for (const [what, report, part] of LIES) {
    await t.step(what, async () => {
      const copy = `${place.path}/${what.replaceAll(/\W/g, "-")}`;
      copyTree(made.out, copy);
      await signAgain(copy, place.key, { report });
      const run = await place.verify(copy, "--explain");
      assertEquals(run.code === 0, part === "", run.stdout);
      assertStringIncludes(run.stdout, part);
    });
  }
});
