/**
 * Running one step of a build under supervision: one log of what it prints,
 * and limits on wall time, output, disk and processes. At a limit the step
 * ends with everything that it started; the log keeps what came before.
 *
 * Nothing of what a build prints is trusted or interpreted.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Aftermath, Job, Sandbox } from "./sandbox/sandbox.ts";
import type { Watchdog } from "./sandbox/watchdog.ts";
import { treeBytes } from "./tree.ts";

/** How a step ended. Only `exited` with code 0 is a success. */
export type StepEnd =
  | "exited"
  | "timed-out"
  | "log-limit"
  | "tree-limit"
  | "process-limit"
  | "sandbox-failed";

/** Limits of one step. */
export interface StepLimits {
  readonly wallMs: number;
  readonly logBytes: number;
  readonly treeBytes: number;
  readonly processes: number;
}

/** A log on disk. */
export interface Log {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

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
  readonly log: Log;
}

/** What a step runs under. */
export interface StepOptions {
  readonly sandbox: Sandbox;
  readonly watchdog: Watchdog;
  readonly limits: StepLimits;
  readonly logPath: string;
  readonly signal?: AbortSignal | undefined;
}

const PROCESS_POLL_MS = 200;
const TREE_POLL_MS = 500;
/** A poll takes at most this share of the time. */
const TREE_POLL_SHARE = 25;
const PIPE_GRACE_MS = 2_000;

/** Runs a step to its end; throws the reason of an abort after the kill. */
export async function runStep(
  job: Job,
  options: StepOptions,
): Promise<StepResult> {
  const { sandbox, watchdog, limits, signal } = options;
  signal?.throwIfAborted();
  using log = new LogFile(options.logPath, limits.logBytes);
  const launch = sandbox.launch(job);
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
    supervisor.rest();
    aftermath = supervisor.stopped === undefined
      ? await sandbox.settle(child.pid, job)
      : { failure: null, left: [] };
    await supervisor.ended;
    await supervisor.lastLook();
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
    log: log.finish(),
  };
}

function describeEnd(
  end: StepEnd,
  limits: StepLimits,
  found: { readonly code: number; readonly failure: string },
): { expected: string; observed: string } {
  switch (end) {
    case "exited":
      return {
        expected: "exit code 0",
        observed: `exit code ${found.code}`,
      };
    case "timed-out":
      return {
        expected: `an end within ${limits.wallMs} ms`,
        observed: "still running",
      };
    case "log-limit":
      return {
        expected: `at most ${limits.logBytes} bytes of output`,
        observed: "more",
      };
    case "tree-limit":
      return {
        expected: `at most ${limits.treeBytes} bytes on disk`,
        observed: "more",
      };
    case "process-limit":
      return {
        expected: `at most ${limits.processes} processes at once`,
        observed: "more",
      };
    case "sandbox-failed":
      return { expected: "a sandbox that starts", observed: found.failure };
  }
}

/** Watches a running step and ends it at most once. */
class Supervisor {
  readonly #pid: number;
  readonly #job: Job;
  readonly #options: StepOptions;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #onAbort = () => this.#end();
  #resting = false;
  stopped: Exclude<StepEnd, "exited"> | undefined;
  ended: Promise<void> = Promise.resolve();

  constructor(pid: number, job: Job, options: StepOptions) {
    this.#pid = pid;
    this.#job = job;
    this.#options = options;
  }

  start(): void {
    const { limits, signal } = this.#options;
    this.#later("wall", limits.wallMs, () => this.stop("timed-out"));
    this.#later("processes", PROCESS_POLL_MS, () => this.#pollProcesses());
    this.#later("tree", TREE_POLL_MS, () => this.#pollTree());
    signal?.addEventListener("abort", this.#onAbort);
    if (signal?.aborted) this.#end();
  }

  /** No more watching; an end that is under way goes on. */
  rest(): void {
    this.#resting = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  stop(why: Exclude<StepEnd, "exited">): void {
    if (this.#resting) return;
    this.stopped ??= why;
    this.#end();
  }

  #end(): void {
    this.rest();
    this.ended = this.#options.sandbox.end(this.#pid, this.#job);
  }

  #later(name: string, ms: number, then: () => void): void {
    // A longer timeout than a signed 32-bit number would fire at once.
    if (!this.#resting) {
      this.#timers.set(name, setTimeout(then, Math.min(ms, 2 ** 31 - 1)));
    }
  }

  #pollProcesses(): void {
    const count = this.#options.sandbox.countProcesses(this.#pid);
    if (count > this.#options.limits.processes) this.stop("process-limit");
    this.#later("processes", PROCESS_POLL_MS, () => this.#pollProcesses());
  }

  /** Measures once more what a step left that ended between two looks. */
  async lastLook(): Promise<void> {
    if (this.stopped === undefined && await this.#isTreeTooLarge()) {
      this.stopped = "tree-limit";
    }
  }

  async #isTreeTooLarge(): Promise<boolean> {
    const { source, home, prepared, temporary } = this.#job.places;
    let total = 0;
    for (const path of [source, home, prepared, temporary]) {
      total += await treeBytes(path).catch(() => 0);
    }
    return total > this.#options.limits.treeBytes;
  }

  async #pollTree(): Promise<void> {
    const start = performance.now();
    if (await this.#isTreeTooLarge()) this.stop("tree-limit");
    const took = performance.now() - start;
    this.#later(
      "tree",
      Math.max(TREE_POLL_MS, took * TREE_POLL_SHARE),
      () => this.#pollTree(),
    );
  }
}

/** A log that stops at its limit. */
class LogFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #hash = createHash("sha256");
  readonly #bytesMax: number;
  #bytes = 0;
  overflowed = false;

  constructor(path: string, bytesMax: number) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    this.#file = Deno.openSync(path, { write: true, createNew: true });
  }

  /** Takes what fits; false when not all did. */
  write(chunk: Uint8Array): boolean {
    const fits = chunk.subarray(0, this.#bytesMax - this.#bytes);
    this.#hash.update(fits);
    this.#bytes += fits.length;
    for (let at = 0; at < fits.length;) {
      at += this.#file.writeSync(fits.subarray(at));
    }
    if (fits.length < chunk.length) this.overflowed = true;
    return !this.overflowed;
  }

  finish(): Log {
    return {
      path: this.#path,
      sha256: this.#hash.copy().digest("hex"),
      bytes: this.#bytes,
    };
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

interface Pump {
  readonly done: Promise<void>;
  cancel(): Promise<void>;
}

function pump(
  stream: ReadableStream<Uint8Array>,
  log: LogFile,
  onLimit: () => void,
): Pump {
  const reader = stream.getReader();
  const done = (async () => {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      if (!log.write(value)) {
        onLimit();
        return;
      }
    }
  })();
  return { done, cancel: () => reader.cancel() };
}

/** A process that escaped may hold the pipe open; it is not waited for. */
async function settlePipe(pump: Pump): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    pump.done,
    new Promise((resolve) => timer = setTimeout(resolve, PIPE_GRACE_MS)),
  ]);
  clearTimeout(timer);
  await pump.cancel().catch(() => {});
}
