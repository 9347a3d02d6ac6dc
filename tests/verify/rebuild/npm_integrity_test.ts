import { assertEquals, assertThrows } from "@std/assert";
import { ReproofError } from "../../../verify/error.ts";
import {
  npmIntegrity,
  preparedPackages,
} from "../../../verify/rebuild/npm_integrity.ts";

const INTEGRITY = `sha512-${"A".repeat(86)}==`;

/** Runs with files in a temporary directory. */
function withFiles<T>(
  files: Readonly<Record<string, unknown>>,
  use: (path: string) => T,
): T {
  const path = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    for (const [name, value] of Object.entries(files)) {
      Deno.mkdirSync(`${path}/${name}`.replace(/\/[^/]*$/, ""), {
        recursive: true,
      });
      Deno.writeTextFileSync(`${path}/${name}`, JSON.stringify(value));
    }
    return use(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

Deno.test("npmIntegrity reads a deno.lock", () => {
  const read = (lock: unknown) =>
    withFiles(
      { "deno.lock": lock },
      (path) => npmIntegrity("@a/tool@1.0.0", `${path}/deno.lock`),
    );
  assertEquals(
    read({ npm: { "@a/tool@1.0.0": { integrity: INTEGRITY } } }),
    INTEGRITY,
  );
  for (
    const lock of [
      {},
      { npm: null },
      { npm: { "@a/tool@1.0.1": { integrity: INTEGRITY } } },
      { npm: { "@a/tool@1.0.0": {} } },
      { npm: { "@a/tool@1.0.0": { integrity: "sha1-x" } } },
      { npm: [{ integrity: INTEGRITY }] },
    ]
  ) {
    const error = assertThrows(() => read(lock), ReproofError);
    assertEquals(error.code, "recipe-invalid");
  }
  assertThrows(() => npmIntegrity("a@1", "/nonexistent"), ReproofError);
});

Deno.test("preparedPackages finds the copies of a Deno cache", () => {
  const cache = "deno/npm/registry.example/@a/tool";
  const manifest = (version: string) => ({ name: "@a/tool", version });
  assertEquals(
    withFiles({
      [`${cache}/1.0.0/package.json`]: manifest("1.0.0"),
      [`${cache}/1.0.0/node_modules/x/package.json`]: { name: "x" },
      [`${cache}/1.1.0/package.json`]: manifest("1.1.0"),
      [`${cache}/registry.json`]: {
        versions: { "1.0.0": { dist: { integrity: INTEGRITY } } },
      },
    }, (path) => preparedPackages("@a/tool@1.0.0", path)),
    [
      { path: `${cache}/1.0.0`, version: "1.0.0", integrity: INTEGRITY },
      { path: `${cache}/1.1.0`, version: "1.1.0", integrity: null },
    ],
  );
});

Deno.test("preparedPackages finds node_modules and nothing of another name", () => {
  assertEquals(
    withFiles({
      "node_modules/tool/package.json": { name: "tool", version: "1.0.0" },
      "node_modules/tool2/package.json": { name: "tool", version: "1.0.0" },
      "npm/host/tool/2.0.0/package.json": { name: "other", version: "2.0.0" },
    }, (path) => preparedPackages("tool@1.0.0", path)),
    [{ path: "node_modules/tool", version: "1.0.0", integrity: null }],
  );
});
