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

import { createHash } from "node:crypto";
import type { StepResources } from "./result.ts";
import type { NetworkUse } from "./sandbox/network_use.ts";
import type { Aftermath, Job, Sandbox } from "./sandbox/sandbox.ts";
import { proportionalBytes } from "./sandbox/step_use.ts";
import type { Watchdog } from "./sandbox/watchdog.ts";
import { treeBytes } from "./tree.ts";

/** How a step ended. Only `exited` with code 0 is a success. */
export type StepEnd =
  | "exited"
  | "timed-out"
  | "log-limit"
  | "tree-limit"
  | "process-limit"
  | "memory-limit"
  | "cpu-limit"
  | "open-files-limit"
  | "sandbox-failed";

/** Limits of one step. */
export interface StepLimits {
  readonly wallMs: number;
  readonly logBytes: number;
  readonly treeBytes: number;
  readonly processes: number;
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly openFiles: number;
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
  /** What it tried of the network; null where nobody can tell. */
  readonly network: NetworkUse | null;
  readonly resources: StepResources;
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

/** Early enough to see what short steps use. */
const FIRST_LOOK_MS = 20;
const USE_POLL_MS = 200;
/** However long a look takes, such as at a bomb of processes. */
const USE_POLL_MS_MAX = 1_000;
const TREE_POLL_MS = 500;
/** A poll takes at most one in so many parts of the time. */
const POLL_SHARE = 25;
const PIPE_GRACE_MS = 2_000;

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
    case "memory-limit":
      return {
        expected: `at most ${limits.memoryBytes} bytes of memory at once`,
        observed: "more",
      };
    case "cpu-limit":
      return {
        expected: `at most ${limits.cpuMs} ms of processor time`,
        observed: "more",
      };
    case "open-files-limit":
      return {
        expected: `at most ${limits.openFiles} open files at once`,
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
  /** The most that was seen. */
  readonly peak: { -readonly [K in keyof StepResources]: StepResources[K] } = {
    wallMs: 0,
    cpuMs: null,
    memoryBytesMax: null,
  };

  constructor(pid: number, job: Job, options: StepOptions) {
    this.#pid = pid;
    this.#job = job;
    this.#options = options;
  }

  start(): void {
    const { limits, signal } = this.#options;
    this.#later("wall", limits.wallMs, () => this.stop("timed-out"));
    this.#later("use", FIRST_LOOK_MS, () => this.#pollUse());
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

  #pollUse(): void {
    const start = performance.now();
    const { limits, sandbox } = this.#options;
    const use = sandbox.use(this.#pid);
    if (use.processes > 0) {
      const { cpuMs, memoryBytesMax } = this.peak;
      this.peak.cpuMs = Math.max(cpuMs ?? 0, use.cpuMs);
      this.peak.memoryBytesMax = Math.max(memoryBytesMax ?? 0, use.memoryBytes);
    }
    if (use.processes > limits.processes) this.stop("process-limit");
    if (use.openFiles > limits.openFiles) this.stop("open-files-limit");
    if (use.cpuMs > limits.cpuMs) this.stop("cpu-limit");
    if (
      use.memoryBytes > limits.memoryBytes &&
      proportionalBytes(use.members) > limits.memoryBytes
    ) this.stop("memory-limit");
    const took = performance.now() - start;
    this.#later(
      "use",
      Math.min(Math.max(USE_POLL_MS, took * POLL_SHARE), USE_POLL_MS_MAX),
      () => this.#pollUse(),
    );
  }

  /** Measures once more what a step left that ended between two looks. */
  async lastLook({ cpuMs }: Pick<Aftermath, "cpuMs">): Promise<void> {
    if (this.stopped !== undefined) return;
    if (cpuMs > this.#options.limits.cpuMs) this.stopped = "cpu-limit";
    else if (await this.#isTreeTooLarge()) this.stopped = "tree-limit";
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
      Math.max(TREE_POLL_MS, took * POLL_SHARE),
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
