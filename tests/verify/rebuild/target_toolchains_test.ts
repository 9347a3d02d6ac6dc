import { assertEquals, assertThrows } from "@std/assert";
import { parseDocument } from "../../../verify/document.ts";
import { UsageError } from "../../../verify/error.ts";
import { readRecipe } from "../../../verify/rebuild/read_recipe.ts";
import { RECIPE } from "../../../verify/rebuild/recipe.ts";
import {
  lockOf,
  recipeFor,
  toolchainsOf,
} from "../../../verify/rebuild/target_toolchains.ts";

const target = (members: object = {}) => ({
  build: [{ argv: ["/bin/true"] }],
  artifacts: [{ name: "a", path: "a" }],
  ...members,
});

const DOCUMENT = {
  schemaVersion: 1,
  name: "tool",
  version: "1.0.0",
  toolchains: {
    cc: { executable: "cc" },
    xcode: { executable: "xcodebuild" },
    npm: { executable: "npm" },
    sdk: { executable: "sdk" },
  },
  targets: {
    linux: target({ toolchains: ["cc"] }),
    macos: target({ toolchains: ["xcode"] }),
    any: target(),
  },
};

const recipe = (members: object = {}) =>
  parseDocument(RECIPE, JSON.stringify({ ...DOCUMENT, ...members }), "recipe");

Deno.test("toolchainsOf() takes what its targets name, or everything", () => {
  assertEquals(toolchainsOf(recipe(), ["linux"]), ["cc"]);
  assertEquals(toolchainsOf(recipe(), ["macos", "linux"]), ["cc", "xcode"]);
  assertEquals(
    toolchainsOf(recipe(), ["linux", "any"]),
    Object.keys(DOCUMENT.toolchains),
  );
  assertEquals(toolchainsOf(recipe(), []), []);
});

Deno.test("toolchainsOf() takes what prepare and variables name", () => {
  const shared = recipe({
    prepare: [{ argv: ["{tool:npm}", "ci"] }],
    env: { SDK: "{toolVersion:sdk}" },
  });
  assertEquals(toolchainsOf(shared, ["macos"]), ["xcode", "npm", "sdk"]);
  assertEquals(toolchainsOf(shared, []), []);
});

Deno.test("lockOf() keeps a stranger, which is drift", () => {
  const pin = { pin: "version", version: "1" } as const;
  const lock = {
    schemaVersion: 1 as const,
    host: null,
    toolchains: { cc: pin, xcode: pin, stranger: pin },
  };
  assertEquals(Object.keys(lockOf(recipe(), lock, ["linux"]).toolchains), [
    "cc",
    "stranger",
  ]);
  assertEquals(
    lockOf(recipe(), lock, Object.keys(DOCUMENT.targets)),
    lock,
  );
  assertEquals(Object.keys(recipeFor(recipe(), ["linux"]).toolchains), ["cc"]);
});

Deno.test("a target names toolchains of the recipe, and uses no others", () => {
  const read = (linux: object) => {
    const directory = Deno.makeTempDirSync();
    try {
      Deno.writeTextFileSync(
        `${directory}/reproof.json`,
        JSON.stringify({
          ...DOCUMENT,
          targets: { linux: target({ toolchains: ["cc"], ...linux }) },
        }),
      );
      return readRecipe(directory);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  };
  const argv = (tool: string) => ({ build: [{ argv: [`{tool:${tool}}`] }] });
  assertEquals(read(argv("cc")).targets.linux?.toolchains, ["cc"]);
  assertThrows(() => read(argv("npm")), UsageError, "cc");
  assertThrows(() => read({ toolchains: ["ccc"] }), UsageError, "xcode");
  assertThrows(() => read({ toolchains: [] }), UsageError, "toolchain");
});
