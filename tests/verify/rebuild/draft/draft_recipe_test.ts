import { assertEquals } from "@std/assert";
import { MemoryReader } from "../../../../verify/reader.ts";
import {
  type DraftedRecipe,
  type DraftInput,
  draftRecipe,
} from "../../../../verify/rebuild/draft/draft_recipe.ts";
import { goDraft } from "../../../../verify/rebuild/draft/go_draft.ts";
import { commentDraft } from "../../../../verify/rebuild/draft/rust_draft.ts";
import { FileReader } from "../../../../verify/file_reader.ts";
import type { GoBuildInfo } from "../../../../verify/metadata/go_build_info.ts";
import { problemsOf } from "./recipe_of.ts";
import { toolTest } from "../../../tool.ts";

const INFO: GoBuildInfo = {
  version: "go1.23.5",
  path: "example.org/tool/v2/cmd/tool",
  module: { path: "example.org/tool/v2", version: "v2.1.0" },
  settings: {
    "-compiler": "gc",
    "-trimpath": "true",
    "CGO_ENABLED": "0",
    "GOARCH": "amd64",
    "GOOS": "linux",
    "vcs": "git",
    "vcs.revision": "0123456789abcdef",
    "vcs.time": "2025-02-03T04:05:06Z",
  },
};
const FILE = { name: "tool", stripped: true };

const standings = (
  { notes }: Pick<DraftedRecipe, "notes">,
  path: string,
): string[] =>
  notes.filter((note) => note.path === path).map(({ standing }) => standing);

Deno.test("a Go program names compiler, package, variables and time", () => {
  const draft = goDraft(INFO, FILE);
  assertEquals(draft.toolchains.go, {
    archive: "go:1.23.5",
    program: "bin/go",
    versionArgs: ["version"],
  });
  assertEquals(draft.version, "2.1.0");
  assertEquals(draft.sourceDateEpoch, 1738555506);
  assertEquals(draft.env?.GOARCH, "amd64");
  assertEquals(draft.build?.[0]?.argv, [
    ...["{tool:go}", "build", "-trimpath", "-ldflags=-s -w"],
    ...["-buildvcs=true", "-o", "out/tool", "./cmd/tool"],
  ]);
  // The linker's flags are the one thing that was guessed there.
  assertEquals(standings(draft, "$.targets.{target}.build"), [
    "stated",
    "guess",
  ]);
});

Deno.test("linker flags that Go recorded are stated, and others not invented", () => {
  const stated = goDraft({
    ...INFO,
    settings: { "-ldflags": "-X main.a=b", "-tags": "x,y" },
  }, FILE);
  assertEquals(stated.build?.[0]?.argv.slice(2, 5), [
    "-tags=x,y",
    "-ldflags=-X main.a=b",
    "-buildvcs=false",
  ]);
  assertEquals(standings(stated, "$.targets.{target}.build"), ["stated"]);
  const whole = goDraft(INFO, { name: "tool", stripped: false });
  assertEquals(
    whole.build?.[0]?.argv.some((flag) => flag.startsWith("-ldflags")),
    false,
  );
  assertEquals(standings(whole, "$.targets.{target}.build"), [
    "stated",
    "missing",
  ]);
});

Deno.test("a setting without a flag of ours is missing, not dropped", () => {
  const draft = goDraft({ ...INFO, settings: { "-race": "true" } }, FILE);
  assertEquals(standings(draft, "$.targets.{target}.build").at(-1), "missing");
});

for (const version of ["go1.20.3", "devel go1.24-abc", "go1.23.5 X:loopvar"]) {
  Deno.test(`no toolchain module is named for ${version}`, () => {
    const draft = goDraft({ ...INFO, version }, FILE);
    assertEquals(draft.toolchains.go?.executable, "go");
    assertEquals(standings(draft, "$.toolchains.go"), ["stated", "missing"]);
  });
}

Deno.test("a module without a version or commit gives none", () => {
  const draft = goDraft({
    ...INFO,
    module: { path: "example.org/tool/v2", version: "(devel)" },
    settings: {},
  }, FILE);
  assertEquals([draft.version, draft.sourceDateEpoch], [undefined, undefined]);
  assertEquals(standings(draft, "source"), ["stated"]);
});

Deno.test("a comment names rustc, and cargo is a guess", () => {
  const draft = commentDraft([
    "GCC: (Debian 12.2.0-14) 12.2.0",
    "rustc version 1.95.0 (59807616e 2026-04-14)",
  ], { name: "tool" });
  assertEquals(Object.keys(draft?.toolchains ?? {}).sort(), [
    "cargo",
    "gcc",
    "rustc",
  ]);
  const of = (path: string) => standings({ notes: draft?.notes ?? [] }, path);
  assertEquals(of("$.toolchains.rustc"), ["stated"]);
  assertEquals(of("$.toolchains.cargo"), ["guess"]);
  assertEquals(of("source"), ["missing"]);
});

Deno.test("a comment of gcc alone says nothing of how it was called", () => {
  const draft = commentDraft(["GCC: (Debian 12.2.0-14) 12.2.0"], FILE);
  assertEquals(draft?.build, undefined);
  assertEquals(commentDraft(["something else"], FILE), undefined);
});

function drafted(text: string, input: Partial<DraftInput> = {}) {
  return draftRecipe(new MemoryReader(new TextEncoder().encode(text)), {
    member: "lib/file",
    ...input,
  });
}

const manifest = (members: unknown) =>
  new TextEncoder().encode(JSON.stringify(members));

Deno.test("a package.json names version, repository and a build to try", () => {
  const draft = drafted("code", {
    member: "lib/a.js",
    manifest: manifest({
      version: "1.2.3",
      repository: { url: "git+https://example.org/a.git", directory: "pkg" },
      gitHead: "abc",
      scripts: { build: "tsc" },
      engines: { node: ">= 20" },
    }),
  });
  assertEquals(draft.recipe.version, "1.2.3");
  assertEquals(standings(draft, "source"), ["stated", "stated"]);
  assertEquals(standings(draft, "$.targets.any.build"), ["guess"]);
  assertEquals(problemsOf(draft.recipe), null);
});

Deno.test("what a package.json does not say is left out", () => {
  const draft = drafted("code", { manifest: manifest({ name: "a" }) });
  assertEquals(draft.recipe.version, undefined);
  for (const path of ["source", "$.version", "$.targets.any.build"]) {
    assertEquals(standings(draft, path), ["missing"], path);
  }
  assertEquals(
    problemsOf(draft.recipe),
    "$.version $.targets.any.build",
  );
});

Deno.test("members of another kind than expected say nothing", () => {
  const draft = drafted("code", {
    manifest: manifest({ version: 1, repository: [], scripts: "x" }),
  });
  assertEquals(standings(draft, "source"), ["missing"]);
});

Deno.test("an assembly names its framework and no SDK", () => {
  const draft = drafted("MZ..\0.NETCoreApp,Version=v8.0\0");
  assertEquals(standings(draft, "$.toolchains.dotnet"), ["missing"]);
  assertEquals(JSON.stringify(draft.recipe).includes('"net8.0"'), true);
  const none = drafted("MZ..\0.NETCoreApp,Version=vX\0");
  assertEquals(JSON.stringify(none.recipe).includes("dotnet"), false);
});

Deno.test("bytes that say nothing give a draft that is no recipe", () => {
  const draft = drafted("plain");
  assertEquals(standings(draft, "$.toolchains"), ["missing"]);
  assertEquals(standings(draft, "$.targets.any.build"), ["missing"]);
  assertEquals(
    problemsOf(draft.recipe),
    "$.version $.targets.any.build",
  );
});

toolTest(
  "a real Rust program names its compiler",
  ["rustc", "gcc"],
  async () => {
    const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
    try {
      Deno.writeTextFileSync(`${folder}/a.rs`, "fn main() {}\n");
      const { success } = await new Deno.Command("rustc", {
        args: ["-o", `${folder}/tool`, `${folder}/a.rs`],
      }).output();
      assertEquals(success, true);
      using reader = new FileReader(`${folder}/tool`);
      const draft = draftRecipe(reader, { member: "tool" });
      assertEquals(standings(draft, "$.toolchains.rustc"), ["stated"]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
);
