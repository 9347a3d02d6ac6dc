/**
 * A start-up trial on its stage: warm-up apart, then the two sides in turn,
 * the first of each pair alternating. A run that does not end as declared, or
 * prints something else than the others, ends the trial: a program that does
 * less starts faster, and its figures are none.
 *
 * @module
 */

import { profileFinding } from "../profile.ts";
import { runCommand } from "./command.ts";
import { matchText, quote } from "./match.ts";
import type { Finding, StageResult, StartupScript } from "./script.ts";
import { timeHosts } from "./startup_hosts.ts";
import { timeRun } from "./time_run.ts";
import { inTurn } from "./turns.ts";

/** Runs a start-up trial. */
export async function runStartup(script: StartupScript): Promise<StageResult> {
  const profile = profileFinding(
    "reference",
    await probeLine(script),
    script.profile,
  );
  const runs = await timeRuns(script);
  if (!("exit" in runs)) {
    return { findings: [profile, runs], measured: {} };
  }
  const passed = finding("pass", "that", script);
  const { exit, firstLine } = runs;
  const hosts = script.host === null
    ? { findings: [] }
    : await timeHosts(script.host, script);
  const findings = [profile, passed, ...hosts.findings];
  return "samples" in hosts || script.host === null
    ? {
      findings,
      measured: {},
      samples: {
        ...exit,
        firstLine,
        ...("samples" in hosts ? hosts.samples : {}),
      },
    }
    : { findings, measured: {} };
}

async function probeLine(script: StartupScript): Promise<string | null> {
  if (script.probe === null) return null;
  const end = await runCommand(
    { ...script.probe, wallMs: script.wallMs, others: [] },
    script.place,
  );
  if (end.stopped !== null || end.code !== 0) return null;
  const lines = new TextDecoder().decode(end.stdout).split("\n");
  return lines.length === 2 && lines[1] === "" ? lines[0] ?? null : null;
}

/** Times every run; a finding says which was none. */
async function timeRuns(script: StartupScript) {
  const exit = { reference: [] as number[], artifact: [] as number[] };
  const firstLine = { reference: [] as number[], artifact: [] as number[] };
  let first: string | undefined;
  for (let round = 0; round < script.warmup + script.samples; round++) {
    for (const side of inTurn(round)) {
      const run = await timeRun(script[side], script);
      if (typeof run === "string") {
        return finding("fail", `${side}: ${run}`, script);
      }
      const problem = otherOutput(run.stdout, first, script);
      if (problem !== null) {
        const observed = `${side}: ${problem.observed}`;
        return { ...finding("fail", observed, script), ...problem, observed };
      }
      first ??= run.stdout;
      if (round < script.warmup) continue;
      exit[side].push(run.exitMs);
      firstLine[side].push(run.firstLineMs);
    }
  }
  return { exit, firstLine };
}

/** What a run printed that it should not have; null when it is right. */
function otherOutput(
  stdout: string,
  first: string | undefined,
  script: StartupScript,
): Pick<Finding, "code" | "expected" | "observed" | "status"> | null {
  const wrong = (
    status: "fail" | "unchecked",
    expected: string,
    observed: string,
  ) => ({ code: "startup-other-output" as const, status, expected, observed });
  if (script.stdout !== null) {
    const mismatch = matchText("standard output", script.stdout, stdout);
    return mismatch === null
      ? null
      : wrong("fail", mismatch.expected, mismatch.observed);
  }
  // Without a word on standard output nobody knows what the two did.
  if (stdout === "" && (first ?? "") === "") {
    return wrong("unchecked", "some output", "none");
  }
  return first === undefined || stdout === first ? null : wrong(
    "fail",
    `${quote(first)} as the first run printed`,
    quote(stdout),
  );
}

function finding(
  status: Finding["status"],
  observed: string,
  script: StartupScript,
): Finding {
  return {
    id: "runs",
    code: "startup-run-failed",
    status,
    expected: `runs that all end with exit code ${script.code}`,
    observed,
  };
}
