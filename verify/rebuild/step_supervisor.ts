/**
 * Watching a running step, and ending it at its limits or when it is aborted.
 *
 * The time is held exactly. The rest is looked at several times a second over
 * all processes of the step, less often where a look takes long.
 *
 * @module
 */

import type { StepResources } from "./result.ts";
import type { Aftermath, Job, Sandbox } from "./sandbox/sandbox.ts";
import { proportionalBytes } from "./sandbox/step_use.ts";
import type { StepEnd, StepLimits } from "./step_end.ts";
import { treeBytes } from "./tree.ts";

/** Early enough to see what short steps use. */
const FIRST_LOOK_MS = 20;
const USE_POLL_MS = 200;
/** However long a look takes, such as at a bomb of processes. */
const USE_POLL_MS_MAX = 1_000;
const TREE_POLL_MS = 500;
/** A poll takes at most one in so many parts of the time. */
const POLL_SHARE = 25;

/** What a step is watched with. */
export interface SupervisorOptions {
  readonly sandbox: Sandbox;
  readonly limits: StepLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Watches a running step and ends it at most once. */
export class Supervisor {
  readonly #pid: number;
  readonly #job: Job;
  readonly #options: SupervisorOptions;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #onAbort = () => this.#end();
  #resting = false;
  /** Why it was ended, or undefined. */
  stopped: Exclude<StepEnd, "exited"> | undefined;
  /** Settles when an end that was begun is over. */
  ended: Promise<void> = Promise.resolve();
  /** The most that was seen. */
  readonly peak: { -readonly [K in keyof StepResources]: StepResources[K] } = {
    wallMs: 0,
    cpuMs: null,
    memoryBytesMax: null,
  };

  /** @param pid Leader of the group of the step. */
  constructor(pid: number, job: Job, options: SupervisorOptions) {
    this.#pid = pid;
    this.#job = job;
    this.#options = options;
  }

  /** Begins to watch. */
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

  /** Ends the step, unless nobody watches any more. */
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
