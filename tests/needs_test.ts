/**
 * In CI nothing that a test needs may be absent: without a network the tests
 * over outside data fail there, and are ignored with the reason elsewhere.
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { declared } from "./needs.ts";

const context = {} as Deno.TestContext;

Deno.test("a test without what it needs fails in CI, and is ignored elsewhere", () => {
  let runs = 0;
  const of = (absent: string[], isCi: boolean) =>
    declared({ name: "name", absent, isCi }, () => void runs++);
  for (const isCi of [true, false]) {
    const whole = of([], isCi);
    assertEquals([whole.name, whole.ignore], ["name", undefined]);
    whole.fn(context);
  }
  assertEquals(runs, 2);
  const elsewhere = of(["data: no\nnetwork"], false);
  assertEquals(elsewhere.ignore, true);
  assertEquals(elsewhere.name, "name [ignored: data: no network]");
  const inCi = of(["data: no network", "readelf not installed"], true);
  assertEquals([inCi.name, inCi.ignore], ["name", undefined]);
  assertThrows(
    () => inCi.fn(context),
    Error,
    "data: no network; readelf not installed",
  );
  assertEquals(runs, 2);
});

/** Runs the tests of a file on a host that can fetch nothing. */
async function withoutData(path: string, ci: Record<string, string>) {
  const folder = Deno.makeTempDirSync();
  try {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", "--no-check", "--cached-only", path],
      cwd: fromFileUrl(new URL("../", import.meta.url)),
      clearEnv: true,
      env: {
        DENO_DIR: Deno.env.get("DENO_DIR") ?? "",
        HOME: Deno.env.get("HOME") ?? "",
        NO_COLOR: "1",
        PATH: folder,
        TMPDIR: folder,
        ...ci,
      },
      stderr: "null",
    }).output();
    return { code, text: new TextDecoder().decode(stdout) };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

for (
  const path of [
    "tests/outside/pairs_test.ts",
    "tests/verify/format/outside_test.ts",
  ]
) {
  Deno.test(`${path} fails in CI where nothing can be fetched`, async () => {
    const inCi = await withoutData(path, { CI: "true" });
    assertEquals(inCi.code, 1, inCi.text);
    assert(inCi.text.includes("CI must have what the test needs"), inCi.text);
    assert(!/ignored:/.test(inCi.text), inCi.text);
    const elsewhere = await withoutData(path, {});
    assertEquals(elsewhere.code, 0, elsewhere.text);
    assert(/\[ignored: .+\]/.test(elsewhere.text), elsewhere.text);
  });
}
