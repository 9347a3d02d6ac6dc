/**
 * What a sandbox does: it gives a run its places on disk, starts one step in
 * the surroundings of the run, tells which processes belong to the step, and
 * ends them. Supervision (time, output, disk, processes) is the same for all.
 *
 * @module
 */

import type { Isolation } from "../result.ts";
import type { Surroundings } from "../surroundings.ts";
import type { NetworkUse } from "./network_use.ts";
import type { StepUse } from "./step_use.ts";

/** Directories of one run on the host. */
export interface RunPlaces {
  readonly source: string;
  /**
   * Where the source's files lie when `source` takes only what the build adds
   * to them (`ordered_source.ts`).
   */
  readonly below?: string;
  readonly prepared: string;
  readonly home: string;
  readonly temporary: string;
  /** Small files that a sandbox needs for itself. */
  readonly control: string;
}

/** The same directories as the build sees them. */
export interface InsidePlaces {
  readonly source: string;
  readonly prepared: string;
  readonly home: string;
  readonly temporary: string;
}

/** One command to start. */
export interface Job {
  readonly argv: readonly string[];
  /** Directory as the build sees it. */
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly surroundings: Surroundings;
  readonly places: RunPlaces;
  readonly inside: InsidePlaces;
  /** Files and directories of toolchains outside the system's directories. */
  readonly toolRoots: readonly string[];
  /** Only for steps that prepare. */
  readonly network: boolean;
  /** What the kernel is to hold each process to. */
  readonly limits: {
    readonly cpuMs: number;
    readonly openFiles: number;
    readonly processes: number;
  };
}

/** How to start a job. The process leads a group of its own. */
export interface Launch {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a sandbox itself says when a step is over. */
export interface Aftermath {
  /** Why the sandbox did not start the command, or null. */
  readonly failure: string | null;
  /** Names of processes that the step left behind; they are ended. */
  readonly left: readonly string[];
  /** What it tried of the network; null where nobody can tell. */
  readonly network: NetworkUse | null;
  /** Processor time that the step took, as far as it is known. */
  readonly cpuMs: number;
}

/** A kind of isolation. */
export interface Sandbox {
  readonly isolation: Isolation;
  /** Places of a run below the directory of the rebuild. */
  places(id: string, surroundings: Surroundings): RunPlaces;
  inside(places: RunPlaces, surroundings: Surroundings): InsidePlaces;
  /** Where every run sees the scripts that lie in `bin` of the rebuild. */
  readonly scripts: string;
  launch(job: Job): Launch;
  /** What the processes of a running step use. */
  use(pid: number): StepUse;
  /** Ends a running step with everything that it started. */
  end(pid: number, job: Job): Promise<void>;
  /** Settles a step whose command has ended by itself. */
  settle(pid: number, job: Job): Promise<Aftermath>;
}
