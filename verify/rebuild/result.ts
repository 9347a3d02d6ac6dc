/**
 * The result of a rebuild: the machine-readable contract of `rebuild --json`,
 * schema version 1, and the evidence that a release carries.
 *
 * @module
 */

import type { Check } from "../check.ts";
import type { Comparison, Difference } from "../compare/comparison.ts";
import type { ComparisonVerdict } from "../verdict.ts";
import type { Lock } from "./lock.ts";

/** The kinds of isolation, from the strongest; `none` is none at all. */
export const ISOLATIONS = ["bubblewrap", "unshare", "none"] as const;

/** Where a build ran. */
export type Isolation = typeof ISOLATIONS[number];

/** How a build ended; a failed build says nothing of reproducibility. */
export type BuildOutcome =
  | "built"
  | "failed"
  | "timed-out"
  | "limit-reached"
  | "output-missing"
  | "not-run";

/** What was built from. */
export interface SourceIdentity {
  /** Full commit id when the source is a clean checkout, else null. */
  readonly commit: string | null;
  /** SHA-256 over the sorted list of source files, modes and digests. */
  readonly treeSha256: string;
  /** Seconds since 1970; the time of the commit, or declared by the recipe. */
  readonly sourceDateEpoch: number;
  /** Where the epoch comes from. */
  readonly epochFrom: "commit" | "recipe" | "option";
}

/** Files that `prepare` left for the builds. */
export interface PreparedIdentity {
  /** SHA-256 over the sorted list of files, modes and digests. */
  readonly sha256: string;
  readonly count: number;
}

/** One command that ran. */
export interface StepEvidence {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Exit code, or null when it was killed. */
  readonly exitCode: number | null;
  readonly logSha256: string;
  readonly logBytes: number;
}

/**
 * What a step used. Measured, so it is never the same twice, and kept apart
 * from what the same inputs give again.
 */
export interface StepResources {
  readonly wallMs: number;
  /** Processor time of the step and all that it started; null if unknown. */
  readonly cpuMs: number | null;
  /**
   * Most resident memory of all its processes at once, as far as a look every
   * fifth of a second sees it; null when it was over before the first.
   */
  readonly memoryBytesMax: number | null;
}

/** What one step of one run used. */
export interface ResourceUse extends StepResources {
  readonly run: string;
  readonly target: string;
  /** From 1. */
  readonly step: number;
}

/** One build of every target in one set of surroundings. */
export interface RunEvidence {
  /** `control`, `varied`, or `probe-N` of an investigation. */
  readonly id: string;
  readonly isolation: Isolation;
  /** Value of each axis in this run, by axis name. */
  readonly axes: Readonly<Record<string, string>>;
  /** Axes that this host could not vary, with the reason. */
  readonly notVaried: Readonly<Record<string, string>>;
  readonly outcome: BuildOutcome;
  /** The run was not made now but taken from the cache of runs. */
  readonly cached?: {
    /** Digest of everything that went in. */
    readonly key: string;
    /** When it was made, RFC 3339. */
    readonly madeAt: string;
  };
  /** Variables that the steps saw, before the target's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly targets: Readonly<
    Record<string, {
      readonly outcome: BuildOutcome;
      readonly steps: readonly StepEvidence[];
    }>
  >;
}

/** One artifact of one target, over both runs. */
export interface RebuiltArtifact {
  readonly name: string;
  readonly target: string;
  readonly verdict: ComparisonVerdict;
  /** SHA-256 of the control run's bytes; null when it was not built. */
  readonly sha256: string | null;
  readonly size: number | null;
  readonly differences: readonly Difference[];
  /** What accounted for differences that are not listed; absent without any. */
  readonly unlistedBy?: readonly string[];
  /** What both files are without what was accounted for; null for neither. */
  readonly normalizedSha256: string | null;
  /** The whole comparison; null when there was nothing to compare. */
  readonly comparison: Comparison | null;
  /** The file, given to both runs, that it is a copy of; absent for none. */
  readonly copyOf?: {
    readonly tree: "source" | "prepared";
    readonly path: string;
  };
}

/** What an investigation found about one difference. */
export interface Finding {
  readonly artifact: string;
  readonly path: string;
  /** `axes` when builds proved it of the axes named. */
  readonly cause: "axes" | "inherent" | "unknown";
  /** One axis, or two that only explain it together. */
  readonly axes: readonly string[];
  readonly evidence: string;
}

/** Builds made to find the causes of what differs. */
export interface Investigation {
  /** Most builds, as announced before the first. */
  readonly buildsMax: number;
  /** Axes that were open to be the cause. */
  readonly axes: readonly string[];
  readonly runs: readonly {
    readonly id: string;
    /** Why it was made. */
    readonly purpose: string;
    readonly axes: Readonly<Record<string, string>>;
    readonly outcome: BuildOutcome;
    /** SHA-256 by `TARGET/NAME`. */
    readonly artifacts: Readonly<Record<string, string>>;
  }[];
  readonly findings: readonly Finding[];
}

/** Whether a fix removes what an axis caused, by rebuilding with it. */
export interface FixProof {
  readonly axis: string;
  /** As it would be typed; null when none could be tried. */
  readonly fix: string | null;
  /** `proven` alone means fixed. */
  readonly outcome: "proven" | "refuted" | "failed" | "untried";
  readonly evidence: string;
}

/** An artifact of another's against ours. */
export interface PublishedArtifact {
  readonly artifact: string;
  /** Where it came from, as written. */
  readonly source: string;
  /** SHA-256 of what was published; null when there was none. */
  readonly sha256: string | null;
  /** How what was published relates to our control run. */
  readonly verdict: ComparisonVerdict;
  /** What that means, in plain words. */
  readonly meaning: string;
  /** Left is what was published. */
  readonly comparison: Comparison | null;
}

/** Whether an artifact of a replay has the bytes of the run repeated. */
export interface ReplayedArtifact {
  readonly artifact: string;
  readonly control: boolean;
  readonly varied: boolean;
}

/** Repeats of the control run, for what is random at a low rate. */
export interface Repeats {
  readonly made: number;
  readonly equal: number;
  /** Artifacts that one repeat made with other bytes. */
  readonly unlike: readonly string[];
  /**
   * Share of builds below which a random difference shows, at 95 %; null when
   * one showed.
   */
  readonly rateBelow: number | null;
}

/** The result of a rebuild. */
export interface RebuildResult {
  readonly schemaVersion: 1;
  readonly verdict: ComparisonVerdict;
  readonly seed: string;
  readonly source: SourceIdentity;
  /** SHA-256 of the recipe's bytes, which need not be part of the source. */
  readonly recipeSha256: string;
  readonly lock: Lock;
  /** What every build read beside the source; absent without prepare. */
  readonly prepared?: PreparedIdentity;
  readonly runs: readonly RunEvidence[];
  readonly artifacts: readonly RebuiltArtifact[];
  /** Which axis caused which difference; empty where nothing differed. */
  readonly attribution: readonly {
    readonly artifact: string;
    readonly path: string;
    readonly axis: string;
    readonly evidence: string;
  }[];
  /** Builds made to find causes; absent when none was made. */
  readonly investigation?: Investigation;
  /** Fixes that were tried; absent when none were asked for. */
  readonly fixes?: readonly FixProof[];
  /** What was published, compared with ours; absent when nothing was named. */
  readonly published?: readonly PublishedArtifact[];
  /** How a replay relates to the run repeated; absent when it is none. */
  readonly replay?: readonly ReplayedArtifact[];
  /** Repeats of the control run; absent when none were asked for. */
  readonly repeats?: Repeats;
  /** Checks of the gates source, toolchain, build and reproducibility. */
  readonly checks: readonly Check[];
}
