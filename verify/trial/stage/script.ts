/**
 * What a stage is told and what it answers. A stage is a program of its own
 * that runs inside the sandbox of a trial: what it starts shares its network,
 * which has nothing but a loopback, and its processes, which end with it.
 *
 * A stage imports nothing from outside the folder `verify`, and no packages.
 *
 * @module
 */

import type { Code } from "../../catalogue/mod.ts";
import type { CheckStatus } from "../../check.ts";
import type { Contract } from "../contract_recipe.ts";
import type { StartupSamples } from "../measures.ts";
import type { Parity, ParitySide } from "../parity_recipe.ts";
import type { ExpectedText, SmokeHost, SmokeStep } from "../smoke_recipe.ts";
import type { Startup, StartupHost } from "../startup_recipe.ts";

/** Where a stage works. */
export interface StagePlace {
  /** Whether nothing but the stage and what it starts is visible. */
  readonly isolated: boolean;
  /** Directory that processes may write to. */
  readonly temporary: string;
  /** Directory for logs. */
  readonly logs: string;
  /** Working directory of every process. */
  readonly cwd: string;
  /** Most bytes that one process may print. */
  readonly outputBytesMax: number;
}

/** Hosts and steps, every placeholder expanded. */
export interface SmokeScript {
  readonly kind: "smoke";
  readonly place: StagePlace;
  readonly hosts: Readonly<Record<string, SmokeHost>>;
  readonly steps: readonly SmokeStep[];
  readonly stepWallMs: number;
  /** Numbers of the ports by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Cases and the two sides, every placeholder expanded. */
export interface ParityScript {
  readonly kind: "parity";
  readonly place: StagePlace;
  readonly cases: Parity["cases"];
  readonly reference: ParitySide;
  readonly artifact: ParitySide;
  readonly masks: readonly string[];
  readonly caseWallMs: number;
}

/** A command as a stage runs it. */
export interface StageCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** Failures, trace and probe, every placeholder expanded. */
export interface ContractScript {
  readonly kind: "contract";
  readonly place: StagePlace;
  /** Path of the artifact as the stage sees it. */
  readonly artifact: string;
  readonly buildInfo: string;
  readonly fatal: Omit<Contract["fatal"], "failures">;
  readonly failures: readonly (
    & Pick<Contract["fatal"]["failures"][number], "name" | "code" | "values">
    & { readonly command: StageCommand }
  )[];
  readonly trace:
    | (
      & Pick<
        NonNullable<Contract["trace"]>,
        "stream" | "prefix" | "keys" | "code"
      >
      & { readonly command: StageCommand }
    )
    | null;
  readonly probe: StageCommand | null;
  readonly wallMs: number;
}

/** Two sides that are timed in turn, every placeholder expanded. */
export interface StartupScript
  extends Pick<Startup, "code" | "warmup" | "samples" | "wallMs" | "profile"> {
  readonly kind: "startup";
  readonly place: StagePlace;
  readonly reference: StageCommand;
  readonly artifact: StageCommand;
  /** Prints the build-info line of the reference; null without one. */
  readonly probe: StageCommand | null;
  readonly stdout: ExpectedText | null;
  readonly host: StartupHost | null;
  readonly ports: Readonly<Record<string, number>>;
}

/** One thing that a trial looked at. */
export interface Finding {
  /** Unique in the trial: `host/gossip/ready`, `step/peers`. */
  readonly id: string;
  readonly code: Code;
  readonly status: CheckStatus;
  readonly expected: string;
  readonly observed: string;
}

/** What a stage prints when it is over. */
export interface StageResult {
  readonly findings: readonly Finding[];
  /** Figures that differ from run to run, by name. */
  readonly measured: Readonly<Record<string, number>>;
  /** Figures of a start-up trial that went well. */
  readonly samples?: StartupSamples;
}
