import { assertEquals } from "@std/assert";
import { commitAll, git } from "../git.ts";
import { toolTest } from "../tool.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { exists, GOOD_SCRIPT, Workplace } from "./project.ts";

const RECIPE = {
  metadata: { mode: "aot", contract: "aot-v1", cli: "{version}" },
  buildInfo: { keys: ["mode", "contract", "cli"] },
  versions: {
    manifests: ["Cargo.toml"],
    changelog: "CHANGES.md",
    embedded: "cli",
  },
};
const SCRIPT = "echo 'mode=aot contract=aot-v1 cli=1.0.0' > artifact\n";
const POLICY = {
  metadata: { expect: { mode: "aot", contract: "aot-v1" } },
  versions: { tag: "name" },
};

function project(
  place: Workplace,
  files: Readonly<Record<string, string>> = {},
  recipe: Record<string, unknown> = RECIPE,
): string {
  const path = place.script(SCRIPT, { recipe, policy: POLICY });
  const all = {
    "Cargo.toml": '[package]\nversion = "1.0.0"\n',
    "CHANGES.md": "## 1.0.0\n\nFirst.\n",
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    Deno.writeTextFileSync(`${path}/${name}`, text);
  }
  return path;
}

Deno.test("the gate versions holds when everything names the version", async () => {
  using place = new Workplace();
  const made = await place.release(project(place));
  assertEquals([made.code, made.stderr], [0, made.stderr]);
  assertEquals(gateOf(made.out, "versions"), ["go", 3, 0, 0]);
  assertEquals(exists(`${made.out}/evidence/source/Cargo.toml`), true);
  const verified = await place.verify(made.out, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertEquals(verified.stdout.includes("versions/manifest/Cargo.toml"), true);
});

Deno.test("the gate versions refuses a manifest or changelog of another version", async () => {
  using place = new Workplace();
  const made = await place.release(project(place, {
    "Cargo.toml": '[package]\nversion = "1.0.1"\n',
    "CHANGES.md": "## 0.9.0\n\nOld.\n",
  }));
  assertEquals(made.code, 1);
  assertEquals(reasonsOf(`${made.out}.no-go`), [
    "version-changelog",
    "version-manifest",
  ]);
});

Deno.test("the gate versions is inconclusive when the recipe names nothing", async () => {
  using place = new Workplace();
  const path = place.script(GOOD_SCRIPT, { policy: POLICY });
  const made = await place.release(path);
  assertEquals(made.code, 3);
  const out = `${made.out}.inconclusive`;
  assertEquals(reasonsOf(out), ["version-unread"]);
  assertEquals(gateOf(out, "versions")[0], "inconclusive");
});

Deno.test("the gate versions cannot tell where a tag points without a commit", async () => {
  using place = new Workplace();
  const path = project(place);
  const file = `${path}/reproof.policy.json`;
  const policy = JSON.parse(Deno.readTextFileSync(file));
  Deno.writeTextFileSync(file, JSON.stringify({ ...policy, versions: {} }));
  const made = await place.release(path);
  assertEquals(made.code, 3);
  assertEquals(reasonsOf(`${made.out}.inconclusive`), ["version-commit"]);
});

toolTest(
  "the gate versions follows the tag to its commit",
  ["git"],
  async (t) => {
    using place = new Workplace();
    const path = project(place);
    const file = `${path}/reproof.policy.json`;
    const policy = JSON.parse(Deno.readTextFileSync(file));
    Deno.writeTextFileSync(file, JSON.stringify({ ...policy, versions: {} }));
    await commitAll(path);
    await git(path, "tag", "v1.0.0");
    await t.step("a tag on the commit is a go that verifies", async () => {
      const made = await place.release(path);
      assertEquals(made.code, 0, made.stdout);
      assertEquals((await place.verify(made.out)).code, 0);
    });
    await t.step("a tag on another commit is a no-go", async () => {
      await git(path, "commit", "--quiet", "--allow-empty", "-m", "two");
      const made = await place.release(path);
      assertEquals(made.code, 1, made.stdout);
      assertEquals(reasonsOf(`${made.out}.no-go`), ["version-commit"]);
    });
  },
);
