/**
 * Releases that their own key vouches for, and that contradict themselves:
 * evidence left out or put beside, a run that failed, a decision that says
 * more than the checks do. None of them may verify.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  copyTree,
  filesOf,
  GOOD_SCRIPT,
  Workplace,
} from "../release/project.ts";
import { type Lies, signAgain } from "./sign_again.ts";

interface Attack {
  readonly name: string;
  readonly lies?: Lies;
  readonly files?: (directory: string) => void;
  /** Code that the refusal names. */
  readonly code: string;
}

const without = (pattern: RegExp): Lies => ({
  report: (report) => {
    report.checks = report.checks.filter(({ id }: { id: string }) =>
      !pattern.test(id)
    );
    for (const gate of report.decision.gates) {
      gate.passed = report.checks.filter((check: { gate: string }) =>
        check.gate === gate.gate
      ).length;
    }
  },
});

/** Changes to the predicate of a provenance statement. */
// deno-lint-ignore no-explicit-any -- what a liar writes has no type
const PROVENANCE_LIES: Record<string, (predicate: any) => void> = {
  "another builder": ({ runDetails }) =>
    runDetails.builder.id = "https://example.org/builder",
  "no source": ({ buildDefinition }) =>
    buildDefinition.resolvedDependencies = [],
  "another source": ({ buildDefinition }) =>
    buildDefinition.resolvedDependencies[0].digest.sha256 = "0".repeat(64),
  "a commit that there was not": ({ buildDefinition }) =>
    buildDefinition.resolvedDependencies.unshift({
      name: "source",
      digest: { gitCommit: "0".repeat(40) },
    }),
  "the other run": ({ buildDefinition }) =>
    buildDefinition.internalParameters.run = "varied",
  "other axes": ({ buildDefinition }) =>
    buildDefinition.internalParameters.axes["time-zone"] = "Mars/Olympus",
  "another isolation": ({ buildDefinition }) =>
    buildDefinition.internalParameters.isolation = "vacuum",
  "another source date": ({ buildDefinition }) =>
    buildDefinition.internalParameters.sourceDateEpoch++,
  "another log": ({ runDetails }) =>
    runDetails.byproducts[0].digest.sha256 = "0".repeat(64),
  "no log": ({ runDetails }) => runDetails.byproducts = [],
};

const ATTACKS: readonly Attack[] = [
  {
    name: "no check of a toolchain",
    lies: without(/^toolchain\/deno$/),
    code: "release-inconsistent",
  },
  {
    name: "no check of the varied build",
    lies: without(/^build\/varied\//),
    code: "release-inconsistent",
  },
  {
    name: "a check of another toolchain in the place of one",
    lies: {
      report: (report) => {
        report.checks.find(({ id }: { id: string }) => id === "toolchain/deno")
          .id = "toolchain/other";
      },
    },
    code: "release-inconsistent",
  },
  {
    name: "a failed build said not to apply",
    lies: {
      report: (report) => {
        report.checks.find(({ id }: { id: string }) =>
          id === "build/varied/any"
        ).status = "not-applicable";
        report.decision.gates.find(({ gate }: { gate: string }) =>
          gate === "build"
        ).passed--;
      },
    },
    code: "release-inconsistent",
  },
  {
    name: "every check twice",
    lies: {
      report: (report) => {
        report.checks.push(...report.checks);
        for (const gate of report.decision.gates) gate.passed *= 2;
      },
    },
    code: "release-inconsistent",
  },
  {
    name: "two runs of one name",
    lies: { report: (report) => report.rebuild.runs[1].id = "control" },
    code: "release-inconsistent",
  },
  {
    name: "a run that failed",
    lies: { report: (report) => report.rebuild.runs[1].outcome = "failed" },
    code: "release-inconsistent",
  },
  {
    name: "a target of a run that was not built",
    lies: {
      report: (report) => report.rebuild.runs[0].targets.any.outcome = "failed",
    },
    code: "release-inconsistent",
  },
  {
    name: "another verdict over all artifacts",
    lies: { report: (report) => report.rebuild.verdict = "different" },
    code: "release-inconsistent",
  },
  {
    name: "counts of checks that nobody made",
    lies: { report: (report) => report.decision.gates[0].passed = 99 },
    code: "decision-not-confirmed",
  },
  {
    name: "another log",
    files: (directory) =>
      Deno.writeTextFileSync(
        `${directory}/evidence/logs/control-any-1.log`,
        "all is well\n",
      ),
    code: "release-inconsistent",
  },
  {
    name: "no logs",
    files: (directory) =>
      Deno.removeSync(`${directory}/evidence/logs`, { recursive: true }),
    code: "release-inconsistent",
  },
  {
    name: "a file that nothing accounts for",
    files: (directory) =>
      Deno.writeTextFileSync(`${directory}/install.sh`, "true\n"),
    code: "release-inconsistent",
  },
  ...Object.entries(PROVENANCE_LIES).map(([name, lie]): Attack => ({
    name: `provenance of ${name}`,
    lies: {
      statement: (statement, path) => {
        if (path.includes(".provenance.")) lie(statement.predicate);
      },
    },
    code: "statement-disagrees",
  })),
];

Deno.test("verify refuses what contradicts itself, whoever signed it", async (t) => {
  using place = new Workplace();
  const released = await place.release(place.script(GOOD_SCRIPT));
  assertEquals(released.code, 0, released.stdout + released.stderr);
  const copy = () => {
    const directory = `${place.path}/${crypto.randomUUID()}`;
    copyTree(released.out, directory);
    return directory;
  };

  await t.step("signed again without a lie it verifies", async () => {
    const directory = copy();
    await signAgain(directory, place.key);
    assertEquals(filesOf(directory), filesOf(released.out));
    const run = await place.verify(directory);
    assertEquals(run.code, 0, run.stdout + run.stderr);
  });

  for (const { name, lies, files, code } of ATTACKS) {
    await t.step(name, async () => {
      const directory = copy();
      files?.(directory);
      await signAgain(directory, place.key, lies);
      const run = await place.verify(directory);
      assertEquals(run.code, 1, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, code);
    });
  }
});
