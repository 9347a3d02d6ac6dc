import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  findingChecks,
  reproduction,
  shellWord,
} from "../../../release/report/reproduction.ts";
import type { Check } from "../../../verify/check.ts";
import { commitAll, git } from "../../git.ts";
import { toolTest } from "../../tool.ts";
import { runProgram } from "../../cli/program.ts";
import { Workplace } from "../project.ts";
import { smokeProject } from "../smoke_project.ts";
import { hostileReport } from "./hostile_report.ts";

Deno.test("findingChecks() takes an id, code, subject or gate, open ones first", () => {
  const report = hostileReport();
  const ids = (finding: string) =>
    findingChecks(report, finding).map(({ id }) => id);
  assertEquals(ids("build/passed"), ["build/passed"]);
  assertEquals(ids("metadata-mode"), ["metadata/waived"]);
  assertEquals(ids("build").length, 2);
  assertEquals(ids("nothing"), []);
});

toolTest("shellWord() is one word of a shell, whatever it is made of", [
  "sh",
], async () => {
  for (const text of ["a", "a b", "'", "$(x)", "`x`", "a'b\"c", "*", "\\"]) {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `printf %s ${shellWord(text)}`],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), text);
  }
  assertEquals(shellWord("a\nb"), "'a\\nb'");
  assertEquals(shellWord("--key"), "./--key");
});

Deno.test("reproduction() gives commands for every gate, each on one line", () => {
  const report = hostileReport();
  for (const check of report.checks) {
    const commands = reproduction(report, check, "out/a b");
    assertEquals(commands.length > 0, true);
    assertEquals(commands.some((line) => /[\r\n]/.test(line)), false);
  }
});

Deno.test("reproduction() goes to the builder of what was handed in", () => {
  const report = hostileReport();
  const [first] = report.checks;
  const told = {
    ...report,
    rebuild: {
      ...report.rebuild,
      artifacts: [{ target: "mac", name: "artifact" }],
    },
    supplies: [{
      id: "builder",
      host: "darwin aarch64",
      madeAt: report.now,
      targets: ["mac"],
      statementSha256: "0".repeat(64),
      lockSha256: "0".repeat(64),
      seed: "71",
      runs: [],
    }],
  } as unknown as typeof report;
  const last = (id: string, subject: string) =>
    reproduction(told, { ...first, id, gate: "build", subject } as Check, "out")
      .at(-1) ?? "";
  for (const id of ["build/supply/builder/mac/time", "build/missing/mac"]) {
    assertStringIncludes(last(id, "x"), "reproof supply . --target mac --key");
  }
  assertStringIncludes(
    last("build/supply/evidence-1/signer", "x"),
    "reproof supply . --target TARGET --key",
  );
  assertStringIncludes(
    last("reproducibility/mac/artifact", "mac/artifact"),
    "reproof rebuild . --seed 71 --target mac",
  );
});

Deno.test("reproof reproduce prints what repeats a finding", async () => {
  using place = new Workplace();
  const made = await place.release(
    place.script("date +%N > artifact\n"),
    "--seed",
    "7",
  );
  assertEquals(made.code, 1);
  const out = `${made.out}.no-go`;
  const run = await runProgram(["reproduce", "not-reproducible", out]);
  assertEquals(run.code, 0, run.stderr);
  assertStringIncludes(run.stdout, "reproof rebuild . --seed 7 --target any");
  const all = await runProgram(["reproduce", out]);
  assertEquals(all.code, 0, all.stderr);
  assertStringIncludes(all.stdout, "[not-reproducible]");
  assertStringIncludes(all.stdout, "[metadata-missing]");
  const gate = await runProgram(["reproduce", "metadata", out]);
  assertStringIncludes(
    gate.stdout,
    `--policy ${out}/evidence/reproof.policy.json --key KEY`,
  );
  const other = await runProgram(["reproduce", "not-reproducibel", out]);
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, 'Did you mean "not-reproducible"?');
});

toolTest("the commands of a finding repeat it", ["sh", "git"], async () => {
  using place = new Workplace();
  const script = "echo '# mode=aot contract=aot-v1\necho no' > artifact\n";
  const project = smokeProject(place, script, {
    name: "says-yes",
    expect: { stdout: "yes\n" },
  });
  const bin = `${place.path}/bin`;
  Deno.mkdirSync(bin);
  const entry = fromFileUrl(new URL("../../../mod.ts", import.meta.url));
  Deno.writeTextFileSync(
    `${bin}/reproof`,
    `#!/bin/sh\nexec ${
      shellWord(Deno.execPath())
    } run --allow-all --cached-only ${shellWord(entry)} "$@"\n`,
    { mode: 0o755 },
  );
  const sh = async (command: string) => {
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", command],
      cwd: project,
      env: {
        PATH: `${bin}:${Deno.env.get("PATH")}`,
      },
      stdout: "null",
    }).output();
    return { code, said: new TextDecoder().decode(stderr) };
  };
  await commitAll(project);
  const made = await place.release(project);
  assertEquals(made.code, 1, made.stdout + made.stderr);
  const reasons = (directory: string) =>
    JSON.parse(Deno.readTextFileSync(`${directory}/report.json`)).decision
      .reasons;
  const out = `${made.out}.no-go`;
  assertEquals(
    reasons(out).map(({ code }: { code: string }) => code),
    ["step-failed"],
  );
  // Somebody went on since.
  Deno.writeTextFileSync(`${project}/build.sh`, script.replace("no", "yes"));
  await git(project, "commit", "--quiet", "--all", "--message", "fixed");
  const { stdout } = await runProgram(["reproduce", "step-failed", out]);
  const commands = stdout.split("\n").filter((line) =>
    /^ *(?:git|reproof) /.test(line)
  );
  assertEquals(commands.length, 2, stdout);
  const codes: number[] = [];
  for (const command of commands) {
    codes.push(
      (await sh(command.replace("--key KEY", `--key ${place.key}`))).code,
    );
  }
  assertEquals(codes, [0, 1]);
  assertEquals(reasons(`${project}/../again.no-go`), reasons(out));
});
