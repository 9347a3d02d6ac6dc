import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ReproofError } from "../../../verify/error.ts";
import type { Check } from "../../../verify/check.ts";
import { checkLock } from "../../../verify/rebuild/check_lock.ts";
import type { Lock } from "../../../verify/rebuild/lock.ts";
import { makeLock } from "../../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../../verify/rebuild/read_recipe.ts";
import { makeProject, SHELL } from "./project.ts";

/** Integrities that only look like ones. */
const ONE = `sha512-${"A".repeat(86)}==`;
const TWO = `sha512-${"B".repeat(86)}==`;

interface Toolchains {
  readonly toolchains: Record<string, unknown>;
  readonly files?: Record<string, string>;
}

/** Locks a recipe, changes the lock, and checks it. */
async function checked(
  { toolchains, files = {} }: Toolchains,
  change: (lock: Lock, path: string) => Lock | void = () => {},
): Promise<Check[]> {
  await using project = await makeProject({
    recipe: { toolchains },
    files,
    lock: false,
  });
  const recipe = readRecipe(project.path);
  const options = { recipeDirectory: project.path };
  const lock = await makeLock(recipe, options);
  return await checkLock(recipe, change(lock, project.path) ?? lock, options);
}

const brief = (checks: readonly Check[]) =>
  checks.map(({ subject, code, status }) => `${subject} ${code} ${status}`);

Deno.test("checkLock passes what makeLock made", async () => {
  assertEquals(
    (await checked({ toolchains: { sh: SHELL } })).map(({ status }) => status),
    ["pass"],
  );
});

Deno.test("checkLock fails a toolchain that the lock lacks", async () => {
  assertEquals(
    brief(
      await checked({ toolchains: { sh: SHELL } }, (lock) => ({
        ...lock,
        toolchains: {},
      })),
    ),
    ["sh toolchain-not-locked fail"],
  );
});

Deno.test("checkLock fails a toolchain that the recipe lacks", async () => {
  assertEquals(
    brief(
      await checked({ toolchains: {} }, (lock) => ({
        ...lock,
        toolchains: { old: { pin: "version", version: "1" } },
      })),
    ),
    ["old toolchain-not-locked fail"],
  );
});

Deno.test("checkLock does not pass a recipe that pins nothing", async () => {
  assertEquals(brief(await checked({ toolchains: {} })), [
    "sample toolchain-not-locked unchecked",
  ]);
});

for (const member of ["name", "os", "arch"] as const) {
  Deno.test(`checkLock does not judge by a host of another ${member}`, async () => {
    assertEquals(
      brief(
        await checked({ toolchains: { sh: SHELL } }, (lock) => ({
          ...lock,
          host: lock.host === null ? null : { ...lock.host, [member]: "other" },
        })),
      ),
      ["sh lock-host-mismatch unchecked"],
    );
  });
}

Deno.test("a lock without host pins holds on every host", async () => {
  const deno = { executable: "deno", pin: "version" };
  await using project = await makeProject({
    recipe: { toolchains: { deno } },
    lock: false,
  });
  const lock = await makeLock(readRecipe(project.path), {
    recipeDirectory: project.path,
  });
  assertEquals(lock.host, null);
  assertEquals(lock.toolchains.deno, {
    pin: "version",
    version: `deno ${Deno.version.deno}`,
  });
});

Deno.test("checkLock shows expected and observed of a changed integrity", async () => {
  const denoLock = (integrity: string) =>
    JSON.stringify({ version: "5", npm: { "tool@1.2.3": { integrity } } });
  const npm = {
    toolchains: { tool: { npm: "tool@1.2.3", lockFile: "deno.lock" } },
    files: { "deno.lock": denoLock(ONE) },
  };
  assertEquals((await checked(npm))[0]?.status, "pass");
  const [check] = await checked(npm, (_lock, path) => {
    Deno.writeTextFileSync(`${path}/deno.lock`, denoLock(TWO));
  });
  assertEquals(check?.status, "fail");
  assertStringIncludes(check?.expected ?? "", ONE);
  assertStringIncludes(check?.observed ?? "", TWO);
});

Deno.test("checkLock does not judge a tool that cannot be asked", async () => {
  const tool = {
    executable: "/bin/sh",
    versionArgs: ["-c", "[ -e /nonexistent ] || cat main.txt"],
  };
  const found = await checked({ toolchains: { sh: SHELL } }, (lock) => lock);
  assertEquals(found[0]?.status, "pass");
  await using project = await makeProject({
    recipe: { toolchains: { tool } },
    lock: false,
  });
  const recipe = readRecipe(project.path);
  const options = { recipeDirectory: project.path };
  const lock: Lock = {
    ...await makeLock({ ...recipe, toolchains: {} }, options),
    toolchains: { tool: { pin: "version", version: "1" } },
  };
  assertEquals(brief(await checkLock(recipe, lock, options)), [
    "tool toolchain-version-unreadable unchecked",
  ]);
});

Deno.test("a lock notices a link that leads elsewhere", async () => {
  await using project = await makeProject({
    files: { "lib/one/a": "1", "lib/two/a": "1" },
    lock: false,
  });
  const { path } = project;
  const recipe = readRecipe(path);
  const options = { recipeDirectory: path };
  const tool = { ...SHELL, pin: "host" as const, files: [`${path}/lib/**`] };
  const locked = { ...recipe, toolchains: { tool } };
  Deno.symlinkSync("one", `${path}/lib/current`);
  const lock = await makeLock(locked, options);
  assertEquals((await checkLock(locked, lock, options))[0]?.status, "pass");
  Deno.removeSync(`${path}/lib/current`);
  Deno.symlinkSync("two", `${path}/lib/current`);
  assertEquals((await checkLock(locked, lock, options))[0]?.status, "fail");
});

Deno.test("makeLock refuses an executable whose place depends on the caller", async () => {
  await using project = await makeProject({ lock: false });
  const recipe = readRecipe(project.path);
  const tool = {
    executable: "./tool",
    versionArgs: [],
    pin: "host" as const,
    files: [],
  };
  const error = await assertRejects(
    () =>
      makeLock({ ...recipe, toolchains: { tool } }, {
        recipeDirectory: project.path,
      }),
    ReproofError,
  );
  assertEquals(error.code, "toolchain-missing");
});
