/**
 * What lies beside the artifacts in an archive is as good as the artifacts:
 * what cannot be packed is refused before a build, and what a build changed
 * behind our back is never packed.
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { assertBuiltAsRead } from "../../release/gate/inputs.ts";
import { sha256 } from "../../verify/digest.ts";
import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import { ReproofError } from "../../verify/error.ts";
import { LOCK } from "../../verify/rebuild/lock.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { exists, GOOD_SCRIPT, Workplace } from "../release/project.ts";

const REFUSED: [
  string,
  string[],
  (project: string) => void,
  string,
][] = [
  ["is missing", ["LICENSE"], () => {}, 'nothing at "LICENSE"'],
  [
    "is a directory",
    ["docs"],
    (project) => Deno.mkdirSync(`${project}/docs`),
    'a directory at "docs"',
  ],
  [
    "is a link",
    ["link"],
    (project) => Deno.symlinkSync("build.sh", `${project}/link`),
    'a symbolic link at "link"',
  ],
  ["is named twice", ["build.sh", "build.sh"], () => {}, '"build.sh" twice'],
  [
    "has the name of an artifact",
    ["artifact"],
    (project) => Deno.writeTextFileSync(`${project}/artifact`, "x"),
    "names that differ on every system",
  ],
  [
    "has the name of an artifact in another case",
    ["Artifact"],
    (project) => Deno.writeTextFileSync(`${project}/Artifact`, "x"),
    "names that differ on every system",
  ],
  [
    "has the name of a device",
    ["con"],
    (project) => Deno.writeTextFileSync(`${project}/con`, "x"),
    "a reserved device name",
  ],
];

for (const [name, bundle, arrange, part] of REFUSED) {
  Deno.test(`release refuses a bundled file that ${name}`, async () => {
    using place = new Workplace();
    const project = place.script(GOOD_SCRIPT, { recipe: { bundle } });
    arrange(project);
    const run = await place.release(project);
    assertEquals(run.code, 2, run.stderr);
    assertStringIncludes(run.stderr, "recipe-invalid");
    assertStringIncludes(run.stderr, part);
    assertEquals(run.stderr.trim().split("\n").length, 1);
    assertEquals(exists(run.out), false);
  });
}

/** Overwrites the snapshot that the build was copied from. */
const REACHING = `${GOOD_SCRIPT}
for copy in ../source ../../source ../../../source ../../../../source; do
  if [ -f $copy/notes.txt ]; then echo changed > $copy/notes.txt; fi
done
`;

Deno.test("release packs no bundled file that a build changed", async () => {
  using place = new Workplace();
  const project = place.script(REACHING, {
    recipe: { bundle: ["notes.txt"] },
  });
  Deno.writeTextFileSync(`${project}/notes.txt`, "as committed\n");
  const run = await place.release(project, "--isolation", "none");
  assertEquals(run.code, 3, run.stdout + run.stderr);
  assertStringIncludes(run.stderr, "file-changed");
  assertEquals(exists(run.out), false);
});

Deno.test("release packs a bundled file as it is", async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT, {
    recipe: { bundle: ["notes.txt"] },
  });
  Deno.writeTextFileSync(`${project}/notes.txt`, "as committed\n");
  const run = await place.release(project);
  assertEquals(run.code, 0, run.stdout + run.stderr);
  assertEquals((await place.verify(run.out)).code, 0);
});

Deno.test("release signs the recipe that it built by, whatever becomes of it", async () => {
  using place = new Workplace();
  const project = place.script("");
  Deno.writeTextFileSync(
    `${project}/build.sh`,
    `${GOOD_SCRIPT}sed -i 's/"1.0.0"/"1.0.1"/' ${project}/reproof.json\n`,
  );
  const before = Deno.readTextFileSync(`${project}/reproof.json`);
  const run = await place.release(project, "--isolation", "none");
  assertEquals(run.code, 0, run.stdout + run.stderr);
  assertEquals(
    Deno.readTextFileSync(`${run.out}/evidence/reproof.json`),
    before,
  );
});

Deno.test("assertBuiltAsRead refuses another recipe and another lock", () => {
  using place = new Workplace();
  const document = <T>(kind: DocumentKind<T>, path: string) => {
    const bytes = Deno.readFileSync(path);
    return {
      value: parseDocument(kind, bytes, path),
      bytes,
      sha256: sha256(bytes),
    };
  };
  const read = (recipe: Record<string, unknown>) => {
    const project = place.script(GOOD_SCRIPT, { recipe });
    return {
      recipe: document(RECIPE, `${project}/reproof.json`),
      lock: document(LOCK, `${project}/reproof.lock.json`),
    };
  };
  const inputs = read({});
  const other = read({ env: { LATER: "1" } });
  const built = (sha256: string) =>
    ({
      recipe: inputs.recipe.value,
      result: { lock: inputs.lock.value },
      sourceFiles: new Map([["reproof.json", sha256]]),
    }) as unknown as Parameters<typeof assertBuiltAsRead>[1];
  assertBuiltAsRead(inputs, built(inputs.recipe.sha256), ["any"]);
  assertThrows(
    () => assertBuiltAsRead(inputs, built(other.recipe.sha256), ["any"]),
    ReproofError,
    "reproof.json",
  );
  assertThrows(
    () => assertBuiltAsRead(other, built(other.recipe.sha256), ["any"]),
    ReproofError,
    "reproof.json",
  );
  const lock = { ...inputs.lock.value, toolchains: {} };
  assertThrows(
    () =>
      assertBuiltAsRead(
        { ...inputs, lock: { ...inputs.lock, value: lock } },
        built(inputs.recipe.sha256),
        ["any"],
      ),
    ReproofError,
    "reproof.lock.json",
  );
});
