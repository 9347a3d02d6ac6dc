/**
 * A rebuild speaks for what it held in its hands alone: a published archive,
 * a file in one, or a bundled file that the given source does not give is no
 * go, however well the artifacts agree.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { commitAll } from "../git.ts";
import {
  copyTree,
  filesOf,
  GOOD_SCRIPT,
  Workplace,
} from "../release/project.ts";
import { toolTest } from "../tool.ts";

const TARGET = {
  build: [{ argv: ["/bin/sh", "build.sh"] }],
  artifacts: [{ name: "artifact", path: "artifact" }],
};

function edit(
  project: string,
  change: (recipe: Record<string, unknown>) => void,
): void {
  const path = `${project}/reproof.json`;
  const recipe = JSON.parse(Deno.readTextFileSync(path));
  change(recipe);
  Deno.writeTextFileSync(path, JSON.stringify(recipe));
}

const REFUSED: [string, (source: string) => void, string][] = [
  [
    "another bundled file",
    (source) => Deno.writeTextFileSync(`${source}/run.sh`, "echo other\n"),
    "any/run.sh",
  ],
  [
    "a bundled file that the source does not bundle",
    (source) => edit(source, (recipe) => recipe.bundle = []),
    "any/run.sh",
  ],
  [
    "an archive of a target that the source does not have",
    (source) =>
      edit(source, (recipe) => {
        recipe.targets = { any: TARGET };
      }),
    "script-1.0.0-more.tar.gz",
  ],
  [
    "a target that is not published",
    (source) =>
      edit(source, (recipe) => {
        recipe.targets = { any: TARGET, more: TARGET, third: TARGET };
      }),
    "script-1.0.0-third.tar.gz",
  ],
  [
    "an artifact that the source does not name",
    (source) =>
      edit(source, (recipe) => {
        recipe.targets = {
          any: {
            ...TARGET,
            artifacts: [{ name: "other", path: "artifact" }],
          },
          more: TARGET,
        };
      }),
    "any/artifact",
  ],
  [
    "another version",
    (source) => edit(source, (recipe) => recipe.version = "1.0.1"),
    "script-1.0.0-any.tar.gz",
  ],
];

Deno.test("verify --rebuild speaks of everything that is published", async (t) => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT, {
    recipe: { bundle: ["run.sh"], targets: { any: TARGET, more: TARGET } },
    policy: { targets: { required: ["any", "more"] } },
  });
  Deno.writeTextFileSync(`${project}/run.sh`, "echo hello\n");
  const released = await place.release(project);
  assertEquals(released.code, 0, released.stdout + released.stderr);

  await t.step("the same source agrees", async () => {
    const run = await place.verify(released.out, "--rebuild", project);
    assertEquals(run.code, 0, run.stdout + run.stderr);
  });

  for (const [name, change, part] of REFUSED) {
    await t.step(name, async () => {
      const source = `${place.path}/${crypto.randomUUID()}`;
      copyTree(project, source);
      change(source);
      const run = await place.verify(released.out, "--rebuild", source);
      assertEquals(run.code, 1, run.stdout + run.stderr);
      assertStringIncludes(run.stdout, "published-differs");
      assertStringIncludes(run.stdout, part);
    });
  }

  await t.step("an archive that is cut short", async () => {
    const directory = `${place.path}/cut`;
    copyTree(released.out, directory);
    for (const name of filesOf(directory)) {
      if (name.endsWith(".tar.gz")) {
        Deno.truncateSync(`${directory}/${name}`, 40);
      }
    }
    const run = await place.verify(directory, "--rebuild", project);
    assertEquals(run.code, 1, run.stdout + run.stderr);
  });
});

toolTest("verify --rebuild takes a source without its history", [
  "git",
], async () => {
  using place = new Workplace();
  const project = place.script(
    `${GOOD_SCRIPT}echo "$SOURCE_DATE_EPOCH" >> artifact\n`,
  );
  await commitAll(project);
  const released = await place.release(project);
  assertEquals(released.code, 0, released.stdout + released.stderr);
  Deno.removeSync(`${project}/.git`, { recursive: true });
  const run = await place.verify(released.out, "--rebuild", project);
  assertEquals(run.code, 0, run.stdout + run.stderr);
});
