/**
 * A parity trial on its stage: each case given to the reference, then to the
 * artifact.
 *
 * @module
 */

import { LIMITS } from "../../limits.ts";
import { type Case, listCases } from "./case_list.ts";
import { type CaseRun, names, runCase } from "./case_run.ts";
import { decode, firstDivergence, unmasked } from "./divergence.ts";
import { quote } from "./match.ts";
import type { Finding, ParityScript, StageResult } from "./script.ts";

/** Runs a parity trial. */
export async function runParity(script: ParityScript): Promise<StageResult> {
  const { cases: from, caseWallMs, place } = script;
  const cases = await listCases(from, caseWallMs, place);
  if (typeof cases === "string") {
    const finding: Finding = {
      id: "suite",
      code: "trial-too-small",
      status: "unchecked",
      expected: "a list of cases",
      observed: cases,
    };
    return { findings: [finding], measured: {} };
  }
  const findings: Finding[] = [];
  const mounted = place.isolated ? names("/tmp") : [];
  for (const one of cases) {
    findings.push(await tryCase(one, { script, mounted }));
  }
  return { findings, measured: {} };
}

async function tryCase(
  one: Case,
  surroundings: {
    readonly script: ParityScript;
    readonly mounted: readonly string[];
  },
): Promise<Finding> {
  const { script } = surroundings;
  const id = `case/${one.name}`;
  const sides = [
    ["the reference", script.reference],
    ["the artifact", script.artifact],
  ] as const;
  const runs: CaseRun[] = [];
  for (const [name, side] of sides) {
    const run = await runCase(side, one, surroundings);
    const problem = problemOf(run, script);
    if (problem !== null) {
      const observed = `${name}: ${problem.observed}`;
      return { id, ...problem, observed };
    }
    runs.push(run);
  }
  const [reference, artifact] = runs as [CaseRun, CaseRun];
  const divergence = firstDivergence(reference, artifact, script.masks);
  const nothing = divergence === null
    ? whyNothing(artifact, one, script.masks)
    : null;
  if (nothing !== null) return { id, ...nothing };
  return {
    id,
    code: "parity-diverged",
    status: divergence === null ? "pass" : "fail",
    expected: "the answer of the reference",
    observed: "that",
    ...divergence,
  };
}

/** What keeps two equal runs from showing anything. */
function whyNothing(
  { end, files }: CaseRun,
  one: Case,
  masks: readonly string[],
): Omit<Finding, "id"> | null {
  if (end.signal !== null) {
    return {
      code: "case-crashed",
      status: "fail",
      expected: "two sides that end by themselves",
      observed: `both ended by ${end.signal}`,
    };
  }
  const open = (expected: string, observed: string) => ({
    code: "case-says-nothing" as const,
    status: "unchecked" as const,
    expected,
    observed,
  });
  if (end.code !== one.code) {
    const said = end.stderr.length === 0
      ? ""
      : `, ${quote(decode(end.stderr))}`;
    return open(
      `exit code ${one.code}, which the case is about`,
      `exit code ${end.code} of both${said}`,
    );
  }
  const silent = end.stdout.length === 0 && files.size === 0 &&
    unmasked(decode(end.stderr), masks).trim() === "";
  return silent && one.code === 0
    ? open("something printed or written", "nothing by either side")
    : null;
}

/** What keeps a run from being an answer. */
function problemOf(
  { end, files, outside }: CaseRun,
  script: ParityScript,
): Omit<Finding, "id"> | null {
  const failed = (
    code: Finding["code"],
    expected: string,
    observed: string,
  ) => ({ code, status: "fail" as const, expected, observed });
  switch (end.stopped) {
    case "not-started":
      return {
        ...failed("case-not-run", "a command that starts", end.why),
        status: "unchecked",
      };
    case "timed-out":
      return failed(
        "case-timed-out",
        `an end within ${script.caseWallMs} ms`,
        "still running",
      );
    case "flooded":
      return failed(
        "case-flooded",
        `at most ${script.place.outputBytesMax} bytes of output`,
        "more",
      );
    case null:
      break;
  }
  if (files.size > LIMITS.trialFilesMax) {
    return failed(
      "case-flooded",
      `at most ${LIMITS.trialFilesMax} files in the directory of the case`,
      "more",
    );
  }
  if (outside.length > 0) {
    return failed(
      "case-wrote-outside",
      "files in the directory of the case alone",
      outside.slice(0, 5).join(", "),
    );
  }
  return end.left.length === 0 ? null : failed(
    "case-left-process",
    "nothing left running",
    end.left.join(", "),
  );
}
