/**
 * A start-up trial on its stage: warm-up apart, then the two sides in turn,
 * the first of each pair alternating. Output goes nowhere, so that no reader
 * of ours is part of what is timed. A run that does not end as declared ends
 * the trial: figures of failures are no figures.
 *
 * @module
 */

import { killNow } from "../../rebuild/sandbox/processes.ts";
import { baseEnvironment } from "./command.ts";
import type {
  Finding,
  StageCommand,
  StageResult,
  StartupScript,
} from "./script.ts";

/** Runs a start-up trial. */
export async function runStartup(script: StartupScript): Promise<StageResult> {
  const samples = { reference: [] as number[], artifact: [] as number[] };
  const total = script.warmup + script.samples;
  for (let round = 0; round < total; round++) {
    const order = ["reference", "artifact"] as const;
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      const sample = await timeRun(script[side], script);
      if (typeof sample === "string") {
        return {
          findings: [finding("fail", `${side}: ${sample}`, script)],
          measured: {},
        };
      }
      if (round >= script.warmup) samples[side].push(sample);
    }
  }
  return {
    findings: [finding("pass", "that", script)],
    measured: {},
    samples,
  };
}

/**
 * Times one run in milliseconds; a string says what went wrong.
 */
export async function timeRun(
  { argv, env }: Pick<StageCommand, "argv" | "env">,
  script: Pick<StartupScript, "place" | "wallMs" | "code">,
): Promise<number | string> {
  const [program = "", ...args] = argv;
  const command = new Deno.Command(program, {
    args,
    cwd: script.place.cwd,
    clearEnv: true,
    env: { ...baseEnvironment(script.place), ...env },
    detached: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  let late = false;
  const start = performance.now();
  let child: Deno.ChildProcess;
  try {
    child = command.spawn();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const timer = setTimeout(() => {
    late = true;
    killNow(-child.pid);
  }, script.wallMs);
  const { code } = await child.status;
  const elapsed = performance.now() - start;
  clearTimeout(timer);
  if (late) return `still running after ${script.wallMs} ms`;
  return code === script.code ? elapsed : `exit code ${code}`;
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
