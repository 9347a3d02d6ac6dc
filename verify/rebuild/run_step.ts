/**
 * Running one step of a build under supervision: one log of what it prints,
 * and limits on wall time, processor time, memory, output, disk, open files
 * and processes. At a limit the step ends with everything that it started; the
 * log keeps what came before.
 *
 * Time and output are held exactly. The rest is looked at several times a
 * second over all processes of the step, so that a peak between two looks is
 * not seen; processor time and open files of a single process the kernel
 * bounds as well.
 *
 * Nothing of what a build prints is trusted or interpreted.
 *
 * @module
 */

import type { StepResources } from "./result.ts";
import type { NetworkUse } from "./sandbox/network_use.ts";
import type { Aftermath, Job } from "./sandbox/sandbox.ts";
import type { Watchdog } from "./sandbox/watchdog.ts";
import { describeEnd, type StepEnd } from "./step_end.ts";
import { type Log, LogFile, pump, settlePipe } from "./step_log.ts";
import { Supervisor, type SupervisorOptions } from "./step_supervisor.ts";

/** What became of a step. */
export interface StepResult {
  readonly end: StepEnd;
  /** Null when it was killed or never started. */
  readonly exitCode: number | null;
  /** What was expected and found, for a check. */
  readonly expected: string;
  readonly observed: string;
  /** Names of processes that outlived the command. */
  readonly left: readonly string[];
  /** What it tried of the network; null where nobody can tell. */
  readonly network: NetworkUse | null;
  readonly resources: StepResources;
  readonly log: Log;
}

/** What a step runs under. */
export interface StepOptions extends SupervisorOptions {
  readonly watchdog: Watchdog;
  readonly logPath: string;
}

/** Runs a step to its end; throws the reason of an abort after the kill. */
export async function runStep(
  plan: Omit<Job, "limits">,
  options: StepOptions,
): Promise<StepResult> {
  const { sandbox, watchdog, limits, signal } = options;
  const job: Job = { ...plan, limits };
  signal?.throwIfAborted();
  using log = new LogFile(options.logPath, limits.logBytes);
  const launch = sandbox.launch(job);
  const started = performance.now();
  const [program = "", ...args] = launch.argv;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      cwd: launch.cwd,
      clearEnv: true,
      env: { ...launch.env },
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const observed = error instanceof Error ? error.message : String(error);
    return {
      end: "sandbox-failed",
      exitCode: null,
      expected: `"${program}" to start`,
      observed,
      left: [],
      network: null,
      resources: { wallMs: 0, cpuMs: null, memoryBytesMax: null },
      log: log.finish(),
    };
  }
  await watchdog.started(child.pid);
  const supervisor = new Supervisor(child.pid, job, options);
  const onLimit = () => supervisor.stop("log-limit");
  const pipes = [child.stdout, child.stderr].map((pipe) =>
    pump(pipe, log, onLimit)
  );
  let status: Deno.CommandStatus;
  let aftermath: Aftermath;
  try {
    supervisor.start();
    status = await child.status;
    supervisor.peak.wallMs = Math.round(performance.now() - started);
    supervisor.rest();
    aftermath = supervisor.stopped === undefined
      ? await sandbox.settle(child.pid, job)
      : { failure: null, left: [], network: null, cpuMs: 0 };
    await supervisor.ended;
    await supervisor.lastLook(aftermath);
  } finally {
    supervisor.rest();
    await Promise.all(pipes.map(settlePipe));
    await watchdog.ended(child.pid);
  }
  signal?.throwIfAborted();
  const end = supervisor.stopped ??
    (log.overflowed
      ? "log-limit"
      : aftermath.failure === null
      ? "exited"
      : "sandbox-failed");
  return {
    end,
    exitCode: end === "exited" ? status.code : null,
    ...describeEnd(end, limits, {
      code: status.code,
      failure: aftermath.failure ?? "",
    }),
    left: aftermath.left,
    network: aftermath.network,
    resources: {
      ...supervisor.peak,
      // What was waited for is known at the end, what was killed before.
      cpuMs: Math.max(aftermath.cpuMs, supervisor.peak.cpuMs ?? 0) || null,
    },
    log: log.finish(),
  };
}
