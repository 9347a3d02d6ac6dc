import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ReproofError } from "../../../../verify/error.ts";
import { sha256 } from "../../../../verify/digest.ts";
import { checkLock } from "../../../../verify/rebuild/check_lock.ts";
import { DigestCache } from "../../../../verify/rebuild/digest_cache.ts";
import type { FileDrift } from "../../../../verify/rebuild/file_drift.ts";
import type { Lock } from "../../../../verify/rebuild/lock.ts";
import { makeLock } from "../../../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../../../verify/rebuild/read_recipe.ts";
import { rebuild } from "../../../../verify/rebuild/rebuild.ts";
import { removeTree } from "../../../../verify/rebuild/work_directory.ts";
import { rebuildMaterials } from "../../../../release/statement/rebuild_materials.ts";
import { tarArchive, tarEntry } from "../../tar_fixture.ts";
import { toolTest } from "../../../tool.ts";
import { compareBytes, makeProject, openCodes } from "../project.ts";

/** A compiler of two files that says where it runs from. */
function compiler(output: string): Uint8Array {
  return tarArchive([
    tarEntry({
      name: "tool-1/bin/tool",
      mode: "0000755\0",
      body: '#!/bin/sh\n[ "$1" = --version ] && echo tool 1 && exit\n' +
        'cat "${0%/bin/tool}/lib/text" >out\n',
    }),
    tarEntry({ name: "tool-1/lib/text", body: output }),
  ]);
}

/** A project whose toolchain comes in an archive, with caches of its own. */
async function provided(
  toolchain: Record<string, unknown> = {},
  output = "made\n",
) {
  const bytes = compiler(output);
  const project = await makeProject({
    lock: false,
    recipe: {
      source: { include: ["main.txt", "reproof.json"] },
      toolchains: {
        tool: {
          archive: "tools/tool.tar",
          digest: `sha256:${sha256(bytes)}`,
          program: "tool-1/bin/tool",
          versionArgs: ["--version"],
          ...toolchain,
        },
      },
      targets: {
        any: {
          build: [{ argv: ["{tool:tool}"] }],
          artifacts: [{ name: "out", path: "out" }],
        },
      },
    },
  });
  Deno.mkdirSync(`${project.path}/tools`);
  Deno.writeFileSync(`${project.path}/tools/tool.tar`, bytes);
  const caches = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  const options = {
    recipeDirectory: project.path,
    toolchainsFolder: `${caches}/toolchains`,
    cache: new DigestCache(caches),
  };
  const { path } = project;
  return {
    path,
    caches,
    /** Where the toolchain was unpacked. */
    root: `${caches}/toolchains/${sha256(bytes)}`,
    makeLock: () => makeLock(readRecipe(path), options),
    check: async (lock: Lock) => {
      const drift: FileDrift[] = [];
      const [check] = await checkLock(readRecipe(path), lock, {
        ...options,
        onDrift: (_name, files) => drift.push(...files),
      });
      return { code: check?.code, status: check?.status, drift, check };
    },
    rebuild: (lock: Lock) =>
      rebuild(path, {
        lock,
        seed: "1",
        compare: compareBytes,
        cacheDirectory: caches,
        runDistanceMs: 0,
      }),
    [Symbol.asyncDispose]: async () => {
      await removeTree(caches);
      await project[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a toolchain from an archive is locked, found again and built with", async () => {
  await using project = await provided();
  const lock = await project.makeLock();
  assertEquals(lock.host, null);
  const tool = lock.toolchains.tool;
  assertEquals(tool?.pin === "archive" && [tool.version, tool.files.count], [
    "tool 1",
    2,
  ]);
  assertEquals((await project.check(lock)).status, "pass");
  await using made = await project.rebuild(lock);
  assertEquals(made.result.verdict, "identical");
  assertEquals(
    Deno.readTextFileSync(made.outputs.get("any/out") ?? ""),
    "made\n",
  );
  assertStringIncludes(
    JSON.stringify(rebuildMaterials(made.result)),
    JSON.stringify({
      name: "toolchain/tool",
      uri: "tools/tool.tar",
      digest: { sha256: project.root.slice(-64) },
    }),
  );
});

Deno.test("a locked toolchain that is not here is fetched again", async () => {
  await using project = await provided();
  const lock = await project.makeLock();
  await removeTree(project.root);
  assertEquals((await project.check(lock)).status, "pass");
  assertEquals(Deno.statSync(project.root).isDirectory, true);
  assertEquals(
    [...Deno.readDirSync(`${project.caches}/toolchains`)].map(({ name }) =>
      name
    ),
    [project.root.slice(-64)],
  );
});

Deno.test("another archive than the locked one is not unpacked", async () => {
  await using project = await provided();
  const lock = await project.makeLock();
  await removeTree(project.root);
  Deno.writeFileSync(`${project.path}/tools/tool.tar`, compiler("other\n"));
  const found = await project.check(lock);
  assertEquals([found.code, found.status], [
    "toolchain-archive-differs",
    "fail",
  ]);
  assertEquals([...Deno.readDirSync(`${project.caches}/toolchains`)], []);
});

Deno.test("an archive without the digest of the recipe is not locked", async () => {
  for (const digest of [`sha256:${"0".repeat(64)}`, `h1:${"A".repeat(43)}=`]) {
    await using project = await provided({ digest });
    const error = await assertRejects(() => project.makeLock(), ReproofError);
    assertEquals(
      error.code,
      digest.startsWith("h1") ? "recipe-invalid" : "toolchain-archive-differs",
    );
  }
});

Deno.test("an archive that no registry vouches for needs a digest", async () => {
  await using project = await provided({ digest: undefined });
  const error = await assertRejects(() => project.makeLock(), ReproofError);
  assertEquals(error.code, "recipe-invalid");
});

for (
  const [what, change, drift] of [
    [
      "another content",
      (root: string) => Deno.writeTextFileSync(`${root}/tool-1/lib/text`, "X"),
      [{ change: "changed", path: "tool-1/lib/text" }],
    ],
    [
      "another mode",
      (root: string) => Deno.chmodSync(`${root}/tool-1/lib/text`, 0o755),
      [{ change: "changed", path: "tool-1/lib/text" }],
    ],
    [
      "a file more",
      (root: string) => Deno.writeTextFileSync(`${root}/tool-1/lib/new`, "X"),
      [{ change: "added", path: "tool-1/lib/new" }],
    ],
    [
      "a file less",
      (root: string) => Deno.removeSync(`${root}/tool-1/lib/text`),
      [{ change: "removed", path: "tool-1/lib/text" }],
    ],
    [
      "a link in place of a file",
      (root: string) => {
        Deno.removeSync(`${root}/tool-1/lib/text`);
        Deno.symlinkSync("../bin/tool", `${root}/tool-1/lib/text`);
      },
      [{ change: "changed", path: "tool-1/lib/text" }],
    ],
  ] as const
) {
  Deno.test(`a toolchain in the store with ${what} is drift and is not run`, async () => {
    await using project = await provided();
    const lock = await project.makeLock();
    const inside = `${project.root}/tool-1/lib`;
    Deno.chmodSync(inside, 0o755);
    if (what !== "a link in place of a file") {
      Deno.chmodSync(`${inside}/text`, 0o644);
    }
    change(project.root);
    const found = await project.check(lock);
    assertEquals([found.code, found.status], ["toolchain-drift", "fail"]);
    assertEquals(found.drift, [...drift]);
    await using made = await project.rebuild(lock);
    assertEquals(made.result.verdict, "unchecked");
    assertEquals(made.outputs.size, 0);
    // A new lock takes the archive's files, never those that lie there.
    assertEquals(await project.makeLock(), lock);
    assertEquals((await project.check(lock)).status, "pass");
  });
}

Deno.test("a tool that was changed is not asked for its version", async () => {
  await using project = await provided();
  const lock = await project.makeLock();
  const tool = `${project.root}/tool-1/bin/tool`;
  Deno.chmodSync(tool, 0o755);
  Deno.writeTextFileSync(tool, `#!/bin/sh\n: >${project.caches}/ran\n`);
  assertEquals((await project.check(lock)).status, "fail");
  assertEquals(
    [...Deno.readDirSync(project.caches)].some(({ name }) => name === "ran"),
    false,
  );
});

Deno.test("an archive for another platform is not judged by", async () => {
  await using project = await provided();
  const lock = structuredClone(await project.makeLock());
  const { tool } = lock.toolchains;
  if (tool?.pin === "archive") tool.archive.platform = "plan9-vax";
  const found = await project.check(lock);
  assertEquals([found.code, found.status], ["lock-host-mismatch", "unchecked"]);
});

Deno.test("a recipe that names another archive is drift", async () => {
  await using project = await provided();
  const lock = await project.makeLock();
  Deno.copyFileSync(
    `${project.path}/tools/tool.tar`,
    `${project.path}/tools/copy.tar`,
  );
  const text = Deno.readTextFileSync(`${project.path}/reproof.json`);
  Deno.writeTextFileSync(
    `${project.path}/reproof.json`,
    text.replace("tools/tool.tar", "tools/copy.tar"),
  );
  assertEquals((await project.check(lock)).status, "fail");
});

Deno.test("a build cannot change a toolchain that it is given", async () => {
  await using project = await provided();
  const lock = await project.makeLock();
  const text = Deno.readTextFileSync(`${project.path}/reproof.json`);
  Deno.writeTextFileSync(
    `${project.path}/reproof.json`,
    text.replace(
      '"{tool:tool}"',
      '"/bin/sh", "-c", "t={tool:tool}; chmod u+w $t; echo x >>$t; echo x >out"',
    ),
  );
  await using made = await project.rebuild(lock);
  // Where the sandbox cannot hold it, the second look at the lock finds it.
  const sandboxed = made.result.runs[0]?.isolation === "bubblewrap";
  assertEquals(
    openCodes(made.result.checks).includes("toolchain-drift"),
    !sandboxed,
  );
  assertEquals((await project.check(lock)).status, sandboxed ? "pass" : "fail");
});

toolTest(
  "an npm package and a wheel are locked by what their registries serve",
  [
    "npm",
    "pip3",
  ],
  async () => {
    await using project = await makeProject({
      lock: false,
      recipe: {
        toolchains: {
          semver: { archive: "npm:semver@7.6.3", program: "bin/semver.js" },
          shfmt: {
            archive: "pypi:shfmt-py@4.2.0",
            program: "shfmt_py-4.2.0.data/scripts/shfmt",
            versionArgs: ["--version"],
          },
        },
      },
    });
    const caches = Deno.makeTempDirSync({ prefix: "reproof-test-" });
    try {
      const recipe = readRecipe(project.path);
      const options = {
        recipeDirectory: project.path,
        toolchainsFolder: `${caches}/toolchains`,
      };
      const lock = await makeLock(recipe, options);
      const { semver, shfmt } = lock.toolchains;
      assertEquals(semver?.pin === "archive" && semver.archive.names, [
        "sha512-oVekP1cKtI+CTDvHWYFUcMtsK/00wmAEfyqKfNdARm8u1wNVhSgaX7A8d4UuIlUI5e84iEwOhs7ZPYRmzU9U6A==",
      ]);
      assertEquals(shfmt?.version, "v3.14.1");
      const checks = await checkLock(recipe, lock, options);
      assertEquals(checks.map(({ status }) => status), ["pass", "pass"]);
    } finally {
      await removeTree(caches);
    }
  },
);
