/**
 * What trials came to: facts about artifacts that were run, without any
 * judgement. They are part of a release's report, and checks follow from them
 * by `policy/trial_checks.ts`.
 *
 * Figures that differ from run to run (times, ports, logs of hosts) are in
 * none of the findings of a trial that went well. They are in the files that
 * `measured` lists and in `timings`, and nowhere else, so that all the rest of a report
 * reproduces.
 *
 * @module
 */

import type { Isolation } from "../rebuild/result.ts";
import type { StartupSamples } from "./measures.ts";
import type { Finding } from "./stage/script.ts";

/** Kinds of trials, which are the names of their gates as well. */
export type TrialKind =
  | "smoke"
  | "parity"
  | "contract"
  | "startup"
  | "container";

/** How the trial of one target ended. */
export type TrialOutcome =
  | "ran"
  /** The recipe describes none for this target. */
  | "not-described"
  /** This host cannot run the artifact. */
  | "not-runnable"
  /** The artifact was not built, or the stage did not come to its end. */
  | "not-run";

/** One trial of one target. */
export interface Trial {
  readonly kind: TrialKind;
  readonly target: string;
  /** Name of the artifact, where it is not the first of its target. */
  readonly artifact?: string;
  readonly outcome: TrialOutcome;
  /** Why it did not run, in plain words; `ran` when it did. */
  readonly observed: string;
  readonly isolation: Isolation;
  /** The artifact that was run; null when it was not built. */
  readonly sha256: string | null;
  readonly findings: readonly Finding[];
}

/** A file of figures that differ from run to run. */
export interface MeasuredFile {
  /** Name below the directory of measured files. */
  readonly name: string;
  readonly sha256: string;
}

/** Figures of a start-up trial; they differ from run to run. */
export interface Timing extends StartupSamples {
  readonly target: string;
}

/** Every trial of a release. */
export interface Trials {
  readonly trials: readonly Trial[];
  readonly measured: readonly MeasuredFile[];
  /** What start-up is judged by; absent without start-up trials. */
  readonly timings?: readonly Timing[];
}
