import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ReproofError } from "../../../verify/error.ts";
import { readRecipe } from "../../../verify/rebuild/read_recipe.ts";
import { snapshotSource } from "../../../verify/rebuild/source.ts";
import { toolTest } from "../../tool.ts";
import { makeProject, type ProjectOptions } from "./project.ts";

/** Takes a snapshot of a project after a change to it. */
async function snapshot(
  options: ProjectOptions,
  change: (path: string) => Promise<void> | void = () => {},
) {
  await using project = await makeProject({ ...options, lock: false });
  await change(project.path);
  const into = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const taken = await snapshotSource(
      project.path,
      readRecipe(project.path),
      { into },
    );
    return {
      ...taken,
      names: taken.files.map(({ path }) => path).sort(),
      copied: (path: string) => Deno.readTextFileSync(`${into}/${path}`),
    };
  } finally {
    Deno.removeSync(into, { recursive: true });
  }
}

async function refused(change: (path: string) => Promise<void> | void) {
  const error = await assertRejects(() => snapshot({}, change), ReproofError);
  assertEquals(error.code, "source-refused");
}

async function git(path: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: [
      ...["-c", "user.name=t", "-c", "user.email=t@example.invalid"],
      ...["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"],
      ...args,
    ],
    cwd: path,
    env: {
      GIT_AUTHOR_DATE: "1700000001 +0000",
      GIT_COMMITTER_DATE: "1700000001 +0000",
    },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function commit(path: string): Promise<void> {
  await git(path, "init", "-q");
  await git(path, "add", "-A");
  await git(path, "commit", "-qm", "First");
}

Deno.test("snapshotSource takes what the globs take", async () => {
  const taken = await snapshot({
    files: { "a/b.c": "x", "out/old": "y", "a/skip.o": "z" },
    recipe: { source: { include: ["**"], exclude: ["out", "**/*.o"] } },
  });
  assertEquals(taken.names, ["a/b.c", "main.txt", "reproof.json"]);
  assertEquals(taken.identity.commit, null);
  assertEquals(taken.identity.epochFrom, "recipe");
});

Deno.test("snapshotSource leaves out .git and the lock", async () => {
  const taken = await snapshot({
    files: { ".git/x": "1", "sub/.git/x": "1", "reproof.lock.json": "{}" },
  });
  assertEquals(taken.names, ["main.txt", "reproof.json"]);
});

Deno.test("the tree digest follows path, mode and content", async () => {
  const digest = async (change?: (path: string) => void) =>
    (await snapshot({ files: { a: "1" } }, change)).identity.treeSha256;
  const plain = await digest();
  assertEquals(await digest(), plain);
  assertEquals(
    await digest((path) => Deno.utimeSync(`${path}/a`, 1, 1)),
    plain,
  );
  for (
    const change of [
      (path: string) => Deno.writeTextFileSync(`${path}/a`, "2"),
      (path: string) => Deno.chmodSync(`${path}/a`, 0o755),
      (path: string) => Deno.renameSync(`${path}/a`, `${path}/b`),
      (path: string) => Deno.writeTextFileSync(`${path}/b`, ""),
      (path: string) => {
        Deno.removeSync(`${path}/a`);
        Deno.symlinkSync("main.txt", `${path}/a`);
      },
    ]
  ) assertNotEquals(await digest(change), plain);
});

Deno.test("snapshotSource keeps links that stay inside", async () => {
  const taken = await snapshot({}, (path) => {
    Deno.symlinkSync("main.txt", `${path}/link`);
  });
  assertEquals(taken.files.find(({ path }) => path === "link")?.mode, "120000");
});

Deno.test("snapshotSource refuses links that leave the source", async () => {
  await refused((path) => Deno.symlinkSync("/etc/passwd", `${path}/link`));
  await refused((path) => Deno.symlinkSync("../x", `${path}/link`));
  await refused((path) => Deno.symlinkSync(`${path}/main.txt`, `${path}/l`));
  await refused((path) => Deno.symlinkSync("nowhere", `${path}/link`));
  await refused((path) => {
    // Read as text the second stays inside; followed, it does not.
    Deno.mkdirSync(`${path}/a`);
    Deno.symlinkSync(".", `${path}/a/here`);
    Deno.symlinkSync("a/here/../..", `${path}/link`);
  });
});

Deno.test("snapshotSource refuses special files", async () => {
  await refused(async (path) => {
    await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
  });
});

Deno.test("snapshotSource refuses names that collide", async () => {
  await refused((path) => Deno.writeTextFileSync(`${path}/MAIN.txt`, ""));
  await refused((path) => {
    Deno.writeTextFileSync(`${path}/\u00e9`, "");
    Deno.writeTextFileSync(`${path}/e\u0301`, "");
  });
  await refused((path) => {
    Deno.mkdirSync(`${path}/Dir`);
    Deno.mkdirSync(`${path}/dir`);
    Deno.writeTextFileSync(`${path}/Dir/a`, "");
    Deno.writeTextFileSync(`${path}/dir/b`, "");
  });
});

Deno.test("snapshotSource refuses a file at an artifact's place", async () => {
  const error = await assertRejects(
    () => snapshot({ files: { out: "built before" } }),
    ReproofError,
  );
  assertEquals(error.code, "recipe-invalid");
});

Deno.test("snapshotSource asks for a date", async () => {
  const error = await assertRejects(
    () => snapshot({ recipe: { sourceDateEpoch: undefined } }),
    ReproofError,
  );
  assertEquals(error.code, "source-epoch-missing");
});

toolTest(
  "snapshotSource names a clean commit and its time",
  ["git"],
  async () => {
    const taken = await snapshot(
      { files: { ".gitignore": "ignored\n", ignored: "x" } },
      commit,
    );
    assertEquals(taken.identity.commit?.length, 40);
    assertEquals(taken.identity.sourceDateEpoch, 1700000001);
    assertEquals(taken.identity.epochFrom, "commit");
    assertEquals(taken.names, [".gitignore", "main.txt", "reproof.json"]);
  },
);

for (
  const [what, change] of Object.entries({
    "a changed file": (path: string) =>
      Deno.writeTextFileSync(`${path}/main.txt`, "changed"),
    "a changed mode": (path: string) =>
      Deno.chmodSync(`${path}/main.txt`, 0o755),
    "a new file": (path: string) => Deno.writeTextFileSync(`${path}/new`, ""),
    "a missing file": (path: string) => Deno.removeSync(`${path}/main.txt`),
    "a change that the index hides": async (path: string) => {
      await git(path, "update-index", "--assume-unchanged", "main.txt");
      Deno.writeTextFileSync(`${path}/main.txt`, "changed");
    },
  })
) {
  toolTest(`snapshotSource finds ${what} dirty`, ["git"], async () => {
    const taken = await snapshot({}, async (path) => {
      await commit(path);
      await change(path);
    });
    assertEquals(taken.identity.commit, null);
    assertEquals(taken.identity.epochFrom, "recipe");
    assertEquals(
      taken.checks.find(({ id }) => id === "source/commit")?.code,
      "source-dirty",
    );
  });
}

toolTest("snapshotSource follows no directory that became a link", [
  "git",
], async () => {
  const taken = await snapshot({ files: { "a/passwd": "x" } }, async (path) => {
    await commit(path);
    Deno.removeSync(`${path}/a`, { recursive: true });
    Deno.mkdirSync(`${path}/b`);
    Deno.writeTextFileSync(`${path}/b/passwd`, "y");
    Deno.symlinkSync("b", `${path}/a`);
  });
  assertEquals(taken.names, ["a", "b/passwd", "main.txt", "reproof.json"]);
  assertEquals(taken.identity.commit, null);
});

toolTest("snapshotSource refuses a repository in the repository", [
  "git",
], async () => {
  const error = await assertRejects(
    () =>
      snapshot({}, async (path) => {
        await commit(path);
        Deno.mkdirSync(`${path}/sub`);
        Deno.writeTextFileSync(`${path}/sub/x`, "");
        await commit(`${path}/sub`);
      }),
    ReproofError,
  );
  assertEquals(error.code, "source-refused");
});

toolTest("snapshotSource judges its own subtree only", ["git"], async () => {
  const project = await makeProject({ lock: false });
  await using _ = project;
  const outer = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    await new Deno.Command("cp", {
      args: ["-r", project.path, `${outer}/inner`],
    }).output();
    Deno.writeTextFileSync(`${outer}/other`, "1");
    await commit(outer);
    Deno.writeTextFileSync(`${outer}/other`, "2");
    const taken = await snapshotSource(
      `${outer}/inner`,
      readRecipe(`${outer}/inner`),
      { into: `${outer}/copy` },
    );
    assertNotEquals(taken.identity.commit, null);
  } finally {
    Deno.removeSync(outer, { recursive: true });
  }
});
