import { assert, assertEquals } from "@std/assert";
import { DigestCache } from "../../../verify/rebuild/digest_cache.ts";
import { checkLock } from "../../../verify/rebuild/check_lock.ts";
import type { FileDrift } from "../../../verify/rebuild/file_drift.ts";
import { makeLock } from "../../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../../verify/rebuild/read_recipe.ts";
import { expandRoot, findTool } from "../../../verify/rebuild/toolchain.ts";
import { toolFiles } from "../../../verify/rebuild/toolchain_files.ts";
import { toolTest } from "../../tool.ts";
import { makeProject } from "./project.ts";

async function filesOf(executable: string): Promise<readonly string[]> {
  const toolchain = {
    executable,
    versionArgs: [],
    pin: "host" as const,
    files: [],
  };
  const tool = await findTool(executable, toolchain);
  return (await toolFiles(executable, tool)).paths;
}

function assertHolds(paths: readonly string[], wanted: readonly RegExp[]) {
  for (const pattern of wanted) {
    assert(paths.some((path) => pattern.test(path)), String(pattern));
  }
}

toolTest(
  "toolFiles finds what gcc starts, links and includes",
  ["gcc"],
  async () => {
    assertHolds(await filesOf("gcc"), [
      /\/cc1$/,
      /\/collect2$/,
      /(?:\/|-)as$/,
      /(?:\/|-)ld(?:\.bfd)?$/,
      /\/crt1\.o$/,
      /\/crtbegin\.o$/,
      /\/libc\.so(?:\.6)?$/,
      /\/libgcc\.a$/,
      /\/ld-linux[^/]*$/,
      /\/include$/,
    ]);
  },
);

toolTest(
  "toolFiles finds the library tree of rustc and its linker",
  ["rustc"],
  async () => {
    assertHolds(await filesOf("rustc"), [
      /\/lib$/,
      /\/crti\.o$/,
      /(?:\/|-)ld(?:\.bfd)?$/,
    ]);
  },
);

toolTest(
  "toolFiles finds the tree of go, without its tests",
  ["go"],
  async () => {
    const paths = await filesOf("go");
    assertHolds(paths, [/\/src$/, /\/pkg$/, /\/VERSION$/]);
    assertEquals(paths.filter((path) => /\/(?:test|doc|api)$/.test(path)), []);
  },
);

Deno.test("expandRoot puts a glob below the tool's own directory", () => {
  const tool = { realPath: "/opt/tool/bin/tool" };
  assertEquals(expandRoot("{root}/lib/**", tool), "/opt/tool/lib/**");
  assertEquals(expandRoot("/lib/**", tool), "/lib/**");
});

/** Locks a tool with three files, changes them, and lists the drift. */
async function drifted(
  change: (lib: string) => void,
  keep = true,
): Promise<string[]> {
  await using project = await makeProject({
    files: {
      "bin/tool": "#!/bin/sh\necho tool 1\n",
      "lib/a": "a",
      "lib/b": "b",
      "lib/c": "c",
    },
    lock: false,
  });
  const { path } = project;
  Deno.chmodSync(`${path}/bin/tool`, 0o755);
  const tool = {
    executable: `${path}/bin/tool`,
    versionArgs: [],
    pin: "host" as const,
    files: ["{root}/lib/**"],
  };
  const recipe = { ...readRecipe(path), toolchains: { tool } };
  const cache = new DigestCache(keep ? `${path}/cache` : null);
  const found: FileDrift[] = [];
  const options = {
    recipeDirectory: path,
    cache,
    onDrift: (_: string, drift: readonly FileDrift[]) => found.push(...drift),
  };
  const lock = await makeLock(recipe, options);
  assertEquals((await checkLock(recipe, lock, options))[0]?.status, "pass");
  change(`${path}/lib`);
  const [check] = await checkLock(recipe, lock, options);
  assertEquals(check?.status, "fail");
  return found.map((file) =>
    `${file.change} ${file.path.replace(`${path}/`, "")}`
  );
}

Deno.test("checkLock explains drift file by file", async () => {
  assertEquals(
    await drifted((lib) => {
      Deno.writeTextFileSync(`${lib}/a`, "x");
      Deno.removeSync(`${lib}/b`);
      Deno.writeTextFileSync(`${lib}/d`, "d");
    }),
    ["changed lib/a", "removed lib/b", "added lib/d"],
  );
});

Deno.test("checkLock fails for drift that it cannot explain", async () => {
  assertEquals(
    await drifted((lib) => Deno.writeTextFileSync(`${lib}/a`, "x"), false),
    [],
  );
});
