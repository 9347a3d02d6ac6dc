/** The scripts of workflows, run in order as a runner would. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { renderWorkflow } from "../../../release/ci/workflow.ts";
import { runProgram } from "../../cli/program.ts";
import { commitAll } from "../../git.ts";
import { toolTest } from "../../tool.ts";
import { BUILDER_KINDS } from "../builders.ts";
import { copyTree, exists, filesOf, Workplace } from "../project.ts";
import { smokeProject } from "../smoke_project.ts";
import { readYaml } from "./yaml_reader.ts";

const ENTRY = fromFileUrl(new URL("../../../mod.ts", import.meta.url));
const GOOD = "echo '# mode=aot contract=aot-v1' > artifact\n";

/** A repository whose artifact is asked one thing by the gate smoke. */
async function repository(
  place: Workplace,
  script: string,
  policy: Record<string, unknown> = {},
): Promise<string> {
  const project = smokeProject(place, script, {
    name: "runs",
    expect: { code: 0 },
    policy,
  });
  assertEquals((await runProgram(["ci", "init", "github", project])).code, 0);
  await commitAll(project);
  return project;
}

interface Step {
  readonly run?: string;
  readonly if?: string;
}

type System = "github" | "azure" | "gitlab";

/** The steps of a job, as the runner of its system takes them. */
function stepsOf(
  system: System,
  name: string,
  supplied: readonly string[],
): readonly Step[] {
  const value = readYaml(
    renderWorkflow(system, { first: "any", others: [], supplied, quorum: [] }),
  );
  if (system === "github") {
    const { jobs } = value as unknown as {
      jobs: Record<string, { steps: Step[] }>;
    };
    return jobs[name]?.steps ?? [];
  }
  if (system === "azure") {
    type Job = {
      job: string;
      steps: { script?: string; bash?: string; condition?: string }[];
    };
    const { jobs } = value as unknown as { jobs: Job[] };
    return (jobs.find(({ job }) => job === name)?.steps ?? []).map((
      { script, bash = script, condition },
    ) => ({
      ...(bash === undefined ? {} : { run: bash }),
      ...(condition === undefined ? {} : { if: condition }),
    }));
  }
  const jobs = value as unknown as
    & Record<string, { script: string[]; after_script: string[] }>
    & { default: { before_script: string[] } };
  // All lines of a script are one shell's; what comes after always does.
  const { script = [], "after_script": after = [] } = jobs[name] ?? {};
  const before = jobs.default.before_script.filter((line) =>
    !line.includes("apt-get")
  );
  return [
    { run: [...before, ...script].join("\n") },
    { run: after.join("\n"), if: "always()" },
  ];
}

/** Runs the steps of a job; exit code and words of the first that fails. */
async function runJob(
  project: string,
  [system, name]: readonly [System, string],
  env: Record<string, string>,
  supplied: readonly string[] = [],
): Promise<{ readonly code: number; readonly said: string }> {
  let first = { code: 0, said: "" };
  for (const { run, if: when } of stepsOf(system, name, supplied)) {
    if (run === undefined || run.includes("apt-get")) continue;
    if (first.code !== 0 && when !== "always()") continue;
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      // As the runner starts it.
      args: ["-e", "-c", run],
      cwd: project,
      env: { REPROOF: `${Deno.execPath()} run --allow-all ${ENTRY}`, ...env },
    }).output();
    const said = [stdout, stderr].map((one) => new TextDecoder().decode(one))
      .join("");
    if (first.code === 0) first = { code, said };
  }
  return first;
}

function outcome(directory: string): string {
  return JSON.parse(Deno.readTextFileSync(`${directory}/report.json`))
    .decision.outcome;
}

const PASSPHRASE = "correct horse battery staple";
const TOOLS = ["bash", "git", "node"];

toolTest(
  "a change is decided, shown, and trusted by nobody",
  TOOLS,
  async () => {
    using place = new Workplace();
    const project = await repository(place, GOOD);
    const temporary = `${place.path}/runner`;
    Deno.mkdirSync(temporary);
    const env = {
      RUNNER_TEMP: temporary,
      GITHUB_STEP_SUMMARY: `${place.path}/summary.md`,
    };
    const run = await runJob(project, ["github", "change"], env);
    assertEquals(run.code, 0, run.said);
    const decision = `${temporary}/decision`;
    assertEquals(outcome(`${decision}/release`), "go");
    assertEquals(
      filesOf(decision).filter((path) => !path.startsWith("release/")),
      ["badge.json", "junit.xml", "reproof.sarif"],
    );
    assertStringIncludes(
      Deno.readTextFileSync(env.GITHUB_STEP_SUMMARY),
      "# GO",
    );
    assertEquals((await place.verify(`${decision}/release`)).code, 1);
  },
);

toolTest(
  "a change that breaks a gate is refused, and shown",
  TOOLS,
  async () => {
    using place = new Workplace();
    const project = await repository(place, `${GOOD}echo exit 3 >> artifact\n`);
    const env = {
      RUNNER_TEMP: place.path,
      GITHUB_STEP_SUMMARY: `${place.path}/summary.md`,
    };
    const run = await runJob(project, ["github", "change"], env);
    assertEquals(run.code, 1, run.said);
    assertEquals(outcome(`${place.path}/decision/release.no-go`), "no-go");
    assertStringIncludes(
      Deno.readTextFileSync(env.GITHUB_STEP_SUMMARY),
      "step-failed",
    );
    assertEquals(exists(`${place.path}/decision/reproof.sarif`), true);
  },
);

toolTest(
  "a tag is signed by the key of the release, which is removed",
  TOOLS,
  async () => {
    using place = new Workplace();
    const project = await repository(place, GOOD);
    const key = `${place.path}/release`;
    const made = await runProgram(
      ["keygen", "--passphrase-env", "WORDS", "--out", key],
      { WORDS: PASSPHRASE },
    );
    assertEquals(made.code, 0, made.stderr);
    const temporary = `${place.path}/runner`;
    Deno.mkdirSync(temporary);
    const env = {
      RUNNER_TEMP: temporary,
      GITHUB_STEP_SUMMARY: `${place.path}/summary.md`,
      TAG: "v1.0.0",
      RELEASE_KEY: Deno.readTextFileSync(`${key}.pem`),
      RELEASE_KEY_PASSPHRASE: PASSPHRASE,
    };
    const run = await runJob(project, ["github", "gate"], env);
    assertEquals(run.code, 0, run.said);
    const { code, stdout } = await runProgram([
      "verify",
      `${temporary}/decision/release`,
      "--key",
      `${key}.pub`,
    ]);
    assertEquals(code, 0, stdout);
    assertEquals(exists(`${temporary}/key.pem`), false);
  },
);

toolTest(
  "the pipeline of GitLab decides a change and a tag alike",
  TOOLS,
  async () => {
    using place = new Workplace();
    const project = await repository(place, GOOD);
    const change = await runJob(project, ["gitlab", "change"], {});
    assertEquals(change.code, 0, change.said);
    assertEquals(outcome(`${project}/decision/release`), "go");
    assertEquals(exists(`${project}/decision/junit.xml`), true);
    Deno.removeSync(`${project}/decision`, { recursive: true });
    const key = `${place.path}/release`;
    await runProgram(
      ["keygen", "--passphrase-env", "WORDS", "--out", key],
      { WORDS: PASSPHRASE },
    );
    const gate = await runJob(project, ["gitlab", "gate"], {
      CI_COMMIT_TAG: "v1.0.0",
      REPROOF_KEY: `${key}.pem`,
      REPROOF_KEY_PASSPHRASE: PASSPHRASE,
    });
    assertEquals(gate.code, 0, gate.said);
    const directory = `${project}/decision/release`;
    const verified = await runProgram([
      "verify",
      directory,
      "--key",
      `${key}.pub`,
    ]);
    assertEquals(verified.code, 0, verified.stdout);
  },
);

toolTest(
  "the pipeline of Azure decides a change and a tag alike",
  TOOLS,
  async () => {
    using place = new Workplace();
    const project = await repository(place, GOOD);
    const key = `${place.path}/release`;
    await runProgram(
      ["keygen", "--passphrase-env", "WORDS", "--out", key],
      { WORDS: PASSPHRASE },
    );
    const run = async (name: string, env: Record<string, string> = {}) => {
      const [temporary, staging] = [`${name}-temporary`, `${name}-staging`]
        .map((folder) => `${place.path}/${folder}`);
      assert(temporary !== undefined && staging !== undefined);
      Deno.mkdirSync(temporary);
      Deno.mkdirSync(staging);
      const job = await runJob(project, ["azure", name], {
        AGENT_TEMPDIRECTORY: temporary,
        BUILD_ARTIFACTSTAGINGDIRECTORY: staging,
        ...env,
      });
      return { ...job, staging, junit: `${temporary}/junit.xml` };
    };
    const change = await run("change");
    assertEquals(change.code, 0, change.said);
    assertEquals(outcome(`${change.staging}/release`), "go");
    assertEquals(exists(change.junit), true);
    assertStringIncludes(
      change.said,
      `##vso[task.uploadsummary]${change.staging}/release/report.md`,
    );
    const gate = await run("gate", {
      BUILD_SOURCEBRANCHNAME: "v1.0.0",
      KEY_SECUREFILEPATH: `${key}.pem`,
      RELEASE_KEY_PASSPHRASE: PASSPHRASE,
    });
    assertEquals(gate.code, 0, gate.said);
    const verified = await runProgram([
      ...["verify", `${gate.staging}/release`, "--key", `${key}.pub`],
    ]);
    assertEquals(verified.code, 0, verified.stdout);
  },
);

for (const system of ["github", "gitlab"] as const) {
  toolTest(
    `a target of ${system} comes from its builder, or the release waits`,
    TOOLS,
    async () => {
      using place = new Workplace();
      const keys = ["release", "builder"].map((name) =>
        `${place.path}/${name}`
      );
      for (const key of keys) {
        await runProgram(
          ["keygen", "--passphrase-env", "WORDS", "--out", key],
          { WORDS: PASSPHRASE },
        );
      }
      const [release = "", builder = ""] = keys;
      const pem = (key: string) => Deno.readTextFileSync(`${key}.pub`);
      const project = await repository(place, GOOD, {
        trust: {
          keys: [
            { id: "release", publicKey: pem(release) },
            {
              id: "builder",
              publicKey: pem(builder),
              scope: { targets: ["any"], predicateTypes: BUILDER_KINDS },
            },
          ],
        },
      });
      const runner = (name: string) => {
        const path = `${place.path}/${name}`;
        Deno.mkdirSync(path);
        return path;
      };
      const gitlab = system === "gitlab";
      const decide = async (evidence: string | null) => {
        const temporary = runner(`gate-${evidence === null ? "bare" : "full"}`);
        if (evidence !== null) {
          copyTree(
            evidence,
            gitlab
              ? `${project}/evidence/any`
              : `${temporary}/evidence/evidence-any`,
          );
        }
        const run = await runJob(project, [system, "gate"], {
          RUNNER_TEMP: temporary,
          GITHUB_STEP_SUMMARY: `${place.path}/summary.md`,
          TAG: "v1.0.0",
          CI_COMMIT_TAG: "v1.0.0",
          RELEASE_KEY: Deno.readTextFileSync(`${release}.pem`),
          RELEASE_KEY_PASSPHRASE: PASSPHRASE,
          REPROOF_KEY: `${release}.pem`,
          REPROOF_KEY_PASSPHRASE: PASSPHRASE,
        }, ["any"]);
        const decision = `${gitlab ? project : temporary}/decision`;
        return { run, decision };
      };
      const alone = await decide(null);
      assertEquals(alone.run.code, 3, alone.run.said);
      assertStringIncludes(alone.run.said, "supply-missing");
      // Each job of GitLab has a checkout of its own.
      const freshCheckout = () => {
        for (const name of gitlab ? ["evidence", "decision"] : []) {
          if (!exists(`${project}/${name}`)) continue;
          Deno.removeSync(`${project}/${name}`, { recursive: true });
        }
      };
      freshCheckout();
      // Nobody supplies before a tag, and that fails no change.
      const change = await runJob(project, [system, "change"], {
        RUNNER_TEMP: runner("change"),
        GITHUB_STEP_SUMMARY: `${place.path}/summary.md`,
      }, ["any"]);
      assertEquals(change.code, 0, change.said);
      const temporary = runner("builder-job");
      const built = await runJob(
        project,
        [system, gitlab ? "supply-any" : "supply"],
        {
          RUNNER_TEMP: temporary,
          TARGET: "any",
          BUILDER_KEY: Deno.readTextFileSync(`${builder}.pem`),
          BUILDER_KEY_PASSPHRASE: PASSPHRASE,
          REPROOF_BUILDER_KEY: `${builder}.pem`,
          REPROOF_BUILDER_KEY_PASSPHRASE: PASSPHRASE,
        },
        ["any"],
      );
      assertEquals(built.code, 0, built.said);
      const left = gitlab ? `${project}/evidence/any` : `${temporary}/evidence`;
      // Artifacts of a job lie in a checkout of the next one.
      Deno.renameSync(left, `${place.path}/handed`);
      freshCheckout();
      const { run, decision } = await decide(`${place.path}/handed`);
      assertEquals(run.code, 0, run.said);
      const verified = await runProgram([
        ...["verify", `${decision}/release`, "--key", `${release}.pub`],
      ]);
      assertEquals(verified.code, 0, verified.stdout);
      assertStringIncludes(verified.stdout, "any built by builder");
    },
  );
}

for (const system of ["github", "azure", "gitlab"] as const) {
  toolTest(`the audit of ${system} notices what became of releases`, [
    ...TOOLS,
  ], async () => {
    using place = new Workplace();
    const releases = `${place.path}/releases`;
    const made = await place.release(place.script(GOOD));
    assertEquals(made.code, 0, made.stdout + made.stderr);
    copyTree(made.out, `${releases}/v1.0.0`);
    let round = 0;
    const audit = async () => {
      const temporary = `${place.path}/runner-${round++}`;
      // A checkout is all that it needs to be, not the project's.
      Deno.mkdirSync(`${temporary}/.git/info`, { recursive: true });
      // The staging directory of Azure is there before its job.
      if (system === "azure") Deno.mkdirSync(`${temporary}/audit`);
      const run = await runJob(temporary, [system, "audit"], {
        RUNNER_TEMP: temporary,
        BUILD_ARTIFACTSTAGINGDIRECTORY: `${temporary}/audit`,
        KEY_SECUREFILEPATH: place.publicKey,
        RELEASES: releases,
        REPROOF_RELEASES: `${releases}/`,
        PUBLIC_KEY: Deno.readTextFileSync(place.publicKey),
        REPROOF_PUBLIC_KEY: place.publicKey,
      });
      const page = `${temporary}/audit/audit.html`;
      assertEquals(exists(page), true, run.said);
      return { ...run, page: Deno.readTextFileSync(page) };
    };
    const good = await audit();
    assertEquals(good.code, 0, good.said);
    assertStringIncludes(good.page, "<title>GO: audit of releases</title>");
    assertEquals(exists(`${releases}.audit.json`), true);
    const report = `${releases}/v1.0.0/report.md`;
    const text = Deno.readTextFileSync(report);
    Deno.writeTextFileSync(report, `${text}more\n`);
    assertEquals((await audit()).code, 1);
    Deno.writeTextFileSync(report, text);
    assertEquals((await audit()).code, 0);
    // No release at all is no audit that found nothing.
    Deno.removeSync(`${releases}/v1.0.0`, { recursive: true });
    const gone = await audit();
    assertEquals(gone.code, 1, gone.said);
    assertStringIncludes(gone.said, "audit-release-lost");
  });
}
