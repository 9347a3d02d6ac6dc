import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { rebuildText } from "../../../release/report/rebuild_text.ts";
import {
  rebuild,
  type RebuildOptions,
} from "../../../verify/rebuild/rebuild.ts";
import { RunCache } from "../../../verify/rebuild/run_cache.ts";
import { removeTree } from "../../../verify/rebuild/work_directory.ts";
import { toolTest } from "../../tool.ts";
import {
  compareBytes,
  makeProject,
  type Project,
  type ProjectOptions,
} from "./project.ts";

/** A build that is another at each run, so that a cached one shows. */
const RANDOM = "od -An -N8 -tx1 /dev/urandom >out; cat main.txt >>out";

/** A project and a cache of its own. */
async function cached(project: ProjectOptions = {}) {
  const made = await makeProject({ script: RANDOM, ...project });
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  return {
    project: made,
    folder: `${folder}/runs`,
    async [Symbol.asyncDispose]() {
      await removeTree(folder);
      await made[Symbol.asyncDispose]();
    },
  };
}

/** Digests of both runs, and which of them came from the cache. */
async function digests(
  { path }: Project,
  folder: string,
  options: RebuildOptions = {},
) {
  await using made = await rebuild(path, {
    seed: "1",
    compare: compareBytes,
    runDistanceMs: 0,
    runCache: cacheIn(folder),
    ...options,
  });
  const { result } = made;
  const [artifact] = result.artifacts;
  return {
    result,
    runs: [artifact?.sha256, artifact?.comparison?.right.sha256],
    cached: result.runs.map(({ cached }) => cached !== undefined),
  };
}

/** A cache that packages which others install meanwhile do not empty. */
function cacheIn(folder: string, { program = "test", system = "same" } = {}) {
  return new RunCache(folder, program, () => system);
}

const TOOLS = ["bwrap"];

toolTest(
  "a run of the same inputs is taken from the cache and says so",
  TOOLS,
  async () => {
    await using at = await cached();
    const first = await digests(at.project, at.folder);
    assertEquals(first.cached, [false, false]);
    const second = await digests(at.project, at.folder);
    assertEquals(second.cached, [true, true]);
    assertEquals(second.runs, first.runs);
    assertEquals(second.result.verdict, first.result.verdict);
    assertStringIncludes(
      rebuildText("sample", second.result),
      "The control run was not made now",
    );
  },
);

toolTest("another of any input is another run", TOOLS, async () => {
  await using at = await cached();
  await digests(at.project, at.folder);
  const changed = async (options: RebuildOptions = {}) =>
    (await digests(at.project, at.folder, options)).cached;
  // The control run has the same surroundings whatever the seed.
  assertEquals(await changed({ seed: "2" }), [true, false]);
  assertEquals(await changed({ sourceDateEpoch: 1600000000 }), [false, false]);
  assertEquals(await changed(), [true, true]);
  assertEquals(
    await changed({ runCache: cacheIn(at.folder, { program: "other" }) }),
    [false, false],
  );
  assertEquals(
    await changed({ runCache: cacheIn(at.folder, { system: "other" }) }),
    [false, false],
  );
  const { path } = at.project;
  Deno.writeTextFileSync(`${path}/main.txt`, "changed\n");
  assertEquals(await changed(), [false, false]);
  Deno.chmodSync(`${path}/main.txt`, 0o755);
  assertEquals(await changed(), [false, false]);
  const recipe = Deno.readTextFileSync(`${path}/reproof.json`);
  Deno.writeTextFileSync(
    `${path}/reproof.json`,
    recipe.replace("od -An", "od -v -An"),
  );
  assertEquals(await changed(), [false, false]);
});

toolTest("what prepare leaves is part of a run", TOOLS, async () => {
  await using at = await cached({
    recipe: {
      source: { include: ["main.txt"] },
      prepare: [{ argv: ["/bin/sh", "-c", "echo $HTTPS_PROXY >{prepared}/a"] }],
    },
  });
  await digests(at.project, at.folder);
  assertEquals((await digests(at.project, at.folder)).cached, [true, true]);
  const { path } = at.project;
  const recipe = Deno.readTextFileSync(`${path}/reproof.json`);
  Deno.writeTextFileSync(
    `${path}/reproof.json`,
    recipe.replace(">{prepared}/a", ">{prepared}/b"),
  );
  assertEquals((await digests(at.project, at.folder)).cached, [false, false]);
});

/** The entries of a cache, with the files of each. */
function entries(folder: string): string[][] {
  return [...Deno.readDirSync(folder)].map(({ name }) =>
    [...Deno.readDirSync(`${folder}/${name}`)].map((file) =>
      `${folder}/${name}/${file.name}`
    )
  );
}

for (
  const [what, spoil] of Object.entries<(file: string) => void>({
    "another content": (file) => Deno.writeTextFileSync(file, "poison\n"),
    "a byte less": (file) => Deno.truncateSync(file, 3),
    "a link": (file) => {
      Deno.removeSync(file);
      Deno.symlinkSync("/etc/hostname", file);
    },
    "nothing": (file) => Deno.removeSync(file),
  })
) {
  toolTest(
    `an entry with ${what} for an artifact is made again`,
    TOOLS,
    async () => {
      await using at = await cached();
      const first = await digests(at.project, at.folder);
      for (const files of entries(at.folder)) {
        for (const file of files.filter((file) => file.includes("/file-"))) {
          if (Deno.statSync(file).size > 0) spoil(file);
        }
      }
      const second = await digests(at.project, at.folder);
      assertEquals(second.cached, [false, false]);
      assertEquals(second.runs.includes(first.runs[0]), false);
      // What was made took the place of the poisoned entry.
      assertEquals((await digests(at.project, at.folder)).cached, [true, true]);
    },
  );
}

toolTest("an entry that others can write is no entry", TOOLS, async () => {
  await using at = await cached();
  await digests(at.project, at.folder);
  for (const files of entries(at.folder)) {
    for (const file of files) {
      if (file.endsWith("run.json")) Deno.chmodSync(file, 0o666);
    }
  }
  assertEquals((await digests(at.project, at.folder)).cached, [false, false]);
});

toolTest("a run that failed is not kept", TOOLS, async () => {
  await using at = await cached({ script: "echo made >out; exit 1" });
  await digests(at.project, at.folder);
  assertEquals((await digests(at.project, at.folder)).cached, [false, false]);
});

toolTest(
  "a toolchain that drifted is found with a full cache too",
  TOOLS,
  async () => {
    await using at = await cached({ files: { "tool": "#!/bin/sh\necho 1\n" } });
    await digests(at.project, at.folder);
    const { path } = at.project;
    const lock = JSON.parse(Deno.readTextFileSync(`${path}/reproof.lock.json`));
    lock.toolchains.sh.executable.sha256 = "0".repeat(64);
    const found = await digests(at.project, at.folder, { lock });
    assertEquals(found.result.verdict, "unchecked");
    assertEquals(found.cached, []);
  },
);

Deno.test("without a sandbox nothing is taken from the cache", async () => {
  await using at = await cached();
  const options = { isolation: "none" as const };
  await digests(at.project, at.folder, options);
  assertEquals(
    (await digests(at.project, at.folder, options)).cached,
    [false, false],
  );
});

toolTest("repeats and replays make their runs", TOOLS, async () => {
  await using at = await cached();
  const { result } = await digests(at.project, at.folder);
  assertEquals(
    (await digests(at.project, at.folder, { repeats: 1 })).cached,
    [false, false],
  );
  assertEquals(
    (await digests(at.project, at.folder, { replay: result as never })).cached,
    [false, false],
  );
});

Deno.test("only the rebuild command has a cache of runs", () => {
  const root = fromFileUrl(new URL("../../../release", import.meta.url));
  const users: string[] = [];
  const folders = [root];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const { name, isDirectory } of Deno.readDirSync(at)) {
      const path = `${at}/${name}`;
      if (isDirectory) folders.push(path);
      else if (/\brunCache\b|\bRunCache\b/.test(Deno.readTextFileSync(path))) {
        users.push(path.slice(root.length + 1));
      }
    }
  }
  assertEquals(users, ["command/rebuild.ts"]);
});
