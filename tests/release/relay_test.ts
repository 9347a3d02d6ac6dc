/**
 * A real program with every gate on: a first release for one target, a drill of
 * going back to it, and the next one for four targets from one host, from a
 * tagged commit. Each build compiles the library of Go anew, so all questions
 * are put to these two releases.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gateSections } from "../../policy/gate_sections.ts";
import { RELEASE_GATES } from "../../policy/gates.ts";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { gateOf } from "./gate_outcome.ts";
import { Workplace } from "./project.ts";

const FIRST = "0.0.9";
const VERSION = "0.1.0";
const TARGETS = ["linux-x64", "linux-arm64", "macos-arm64", "windows-x64"];

// deno-lint-ignore no-explicit-any
type Document = any;

function change(path: string, edit: (document: Document) => void): void {
  const document = JSON.parse(Deno.readTextFileSync(path));
  edit(document);
  Deno.writeTextFileSync(path, JSON.stringify(document));
}

/** Commits everything and tags it. */
async function tag(project: string, version: string): Promise<void> {
  for (
    const args of [
      ["init", "--quiet"],
      ["add", "--all"],
      ["commit", "--quiet", "--message", version],
      ["tag", `v${version}`],
    ]
  ) {
    const { success, stderr } = await new Deno.Command("git", {
      args,
      cwd: project,
      env: {
        GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
        GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
        GIT_AUTHOR_NAME: "relay",
        GIT_AUTHOR_EMAIL: "relay@example.org",
        GIT_COMMITTER_NAME: "relay",
        GIT_COMMITTER_EMAIL: "relay@example.org",
        GIT_CONFIG_GLOBAL: "/dev/null",
      },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  }
}

toolTest("release of relay is a go for four targets, by every gate", [
  "go",
  "git",
  "bwrap",
], async (t) => {
  using place = new Workplace();
  const project = place.copy("relay");
  const recipe = `${project}/reproof.json`;
  const policy = `${project}/reproof.policy.json`;
  const kept = {
    recipe: Deno.readTextFileSync(recipe),
    policy: JSON.parse(Deno.readTextFileSync(policy)),
  };
  assertEquals(
    Object.keys(gateSections).filter((gate) => kept.policy[gate] === undefined),
    [],
    "gates that the policy of relay does not name",
  );

  // A first release has nothing to grow from or go back to.
  change(recipe, (document) => {
    document.version = FIRST;
    document.targets = { "linux-x64": document.targets["linux-x64"] };
  });
  change(policy, (document) => {
    document.targets.required = ["linux-x64"];
    document.budget.previous = "none";
    document.packages.documented = {};
    delete document.rollback;
    delete document.startup;
  });
  assertEquals((await runProgram(["lock", project])).code, 0);
  await tag(project, FIRST);
  const first = await place.release(project, "--now", "2026-05-01T12:00:00Z");
  assertEquals(first.code, 0, first.stdout + first.stderr);

  Deno.writeTextFileSync(recipe, kept.recipe);
  Deno.writeTextFileSync(
    policy,
    JSON.stringify({
      ...kept.policy,
      source: { commit: "required" },
      versions: { ...kept.policy.versions, tag: "commit" },
      reproducibility: {
        ...kept.policy.reproducibility,
        isolation: "bubblewrap",
      },
    }),
  );
  await tag(project, VERSION);
  const drill = `${place.path}/drill.sigstore.json`;
  const back = await runProgram([
    ...["rollback", project, "--previous", first.out],
    ...["--key", place.key, "--out", drill],
  ]);
  assertEquals(back.code, 0, back.stdout + back.stderr);

  const now = new Date(Date.now() + 60_000).toISOString();
  const made = await place.release(
    project,
    ...["--now", now, "--previous", first.out, "--drill", drill],
  );
  assertEquals(made.code, 0, made.stdout + made.stderr);

  await t.step("every gate of the release has passed something", () => {
    for (const gate of [...RELEASE_GATES, ...Object.keys(gateSections)]) {
      const [outcome, passed, failed, unchecked] = gateOf(made.out, gate);
      assertEquals([outcome, failed, unchecked], ["go", 0, 0], gate);
      assert(passed > 0, gate);
    }
  });
  await t.step("it is for four targets", () => {
    const { artifacts } = JSON.parse(
      Deno.readTextFileSync(`${made.out}/release-artifacts.json`),
    );
    assertEquals(
      artifacts.map((artifact: { target: string }) => artifact.target),
      TARGETS.toSorted(),
    );
  });
  await t.step("somebody else verifies it, by the same gates", async () => {
    const verified = await place.verify(made.out, "--now", now, "--explain");
    assertEquals(verified.code, 0, verified.stdout);
    for (
      const id of [
        "budget/stripped/windows-x64",
        "budget/growth/linux-x64/relay",
        "packages/holds/tools/any/linux-x64/relay/linux-x64",
        "packages/steps/macos-arm64",
        "container/linux-x64/step/health",
        "rollback/previous/linux-x64/step/drain",
        "rollback/fallback/step/sort",
      ]
    ) assertStringIncludes(verified.stdout, id);
  });
  await t.step("it keeps the figures of start-up and load", () => {
    const read = (file: string) =>
      JSON.parse(
        Deno.readTextFileSync(`${made.out}/evidence/measured/${file}.json`),
      );
    const metrics = read("startup-linux-x64");
    for (
      const [key, count] of [
        ["cold_start_ms", 20],
        ["first_line_ms", 20],
        ["ready_ms", 10],
        ["steady_state_requests_per_sec", 10],
      ] as const
    ) assertEquals(metrics[key].aot.samples.length, count, key);
    const figures = read("smoke-linux-x64");
    assertEquals(figures["step/many-lists/times"], 40);
    assertEquals(figures["step/many-lists/bytes"], 40 * 26);
    assertEquals(figures["step/many-questions/times"], 400);
    assertEquals(figures["step/many-questions/p99Ms"] > 0, true);
  });
});
