import { assert, assertEquals } from "@std/assert";
import { requiredGates } from "../../policy/gates.ts";
import { POLICY } from "../../policy/policy.ts";
import { parseDocument } from "../../verify/document.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { presetPolicy, PRESETS } from "../../release/policy_presets.ts";
import { runProgram } from "../cli/program.ts";

const recipe = parseDocument(
  RECIPE,
  Deno.readTextFileSync(
    new URL("../../fixtures/relay/reproof.json", import.meta.url),
  ),
  "recipe",
);

function policyOf(preset: typeof PRESETS[number]) {
  return parseDocument(
    POLICY,
    JSON.stringify(presetPolicy(preset, recipe, [])),
    "policy",
  );
}

Deno.test("every preset is a policy", () => {
  for (const preset of PRESETS) policyOf(preset);
});

Deno.test("each preset requires the gates that its seed names", () => {
  const own = (preset: typeof PRESETS[number]) =>
    requiredGates(policyOf(preset)).slice(
      requiredGates(policyOf("generic")).length,
    ).sort();
  assertEquals(own("generic"), []);
  assertEquals(own("fuse"), [
    "budget",
    "contract",
    "parity",
    "rollback",
    "smoke",
    "startup",
    "versions",
  ]);
  assertEquals(own("omnirelay"), [
    "budget",
    "container",
    "images",
    "packages",
    "smoke",
    "versions",
    "warnings",
  ]);
});

Deno.test("a preset holds the numbers of its seed, with the requirement", () => {
  const fuse = policyOf("fuse");
  assertEquals(fuse.budget?.targets["linux-x64"], {
    strippedBytes: 25_000_000,
    buildSeconds: 600,
  });
  assertEquals(fuse.startup?.improvementPct, { p50: 30, p95: 20 });
  // Two classes of failure and the trace are in its contract.
  assertEquals([fuse.contract?.failuresMin, fuse.contract?.trace], [
    2,
    "required",
  ]);
  assertEquals(fuse.targets.required, [
    "linux-x64",
    "macos-arm64",
    "windows-x64",
  ]);
  for (const preset of ["fuse", "omnirelay"] as const) {
    const policy = policyOf(preset);
    const cited = Object.keys(policy.requirements);
    for (const gate of requiredGates(policy)) {
      const section = gate === "matrix" ? "targets" : gate;
      if (!Object.hasOwn(policy, section) || gate === "metadata") continue;
      const named = cited.some((path) => path.split(".")[0] === section);
      assert(named || gate === "source", `${preset}: ${section}`);
    }
    for (const text of Object.values(policy.requirements)) {
      assert(/^(?:ours:|00[0-2] )/.test(text), text);
    }
  }
});

Deno.test("reproof policy init writes a preset, and refuses another name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile(
      new URL("../../fixtures/relay/reproof.json", import.meta.url),
      `${folder}/reproof.json`,
    );
    const init = (name: string) =>
      runProgram(["policy", "init", folder, "--preset", name]);
    assertEquals((await init("fuze")).code, 2);
    assertEquals((await init("fuse")).code, 0);
    const text = await Deno.readTextFile(`${folder}/reproof.policy.json`);
    assertEquals(
      JSON.parse(text).requirements.parity.startsWith("002 M2"),
      true,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
