/**
 * What one host built and by what: everything that the statements about its
 * artifacts follow from, beside the artifacts.
 *
 * @module
 */

import { liveTolerances } from "../../policy/tolerances.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Tolerance } from "../../verify/compare/comparison.ts";
import type { Lock } from "../../verify/rebuild/lock.ts";
import type {
  PreparedIdentity,
  RunEvidence,
  SourceIdentity,
} from "../../verify/rebuild/result.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import type { RecipeIdentity } from "../statement/rebuild_materials.ts";

/** The builds of one host. */
export interface HostBuild {
  readonly recipe: RecipeIdentity;
  /** Kind of host; of the one that decided nobody else knows it. */
  readonly host?: string;
  readonly seed: string;
  readonly source: SourceIdentity;
  readonly prepared?: PreparedIdentity | undefined;
  readonly runs: readonly RunEvidence[];
  /** Null when it cannot be read; then nothing follows. */
  readonly lock: Lock | null;
  /** What its comparisons might account for; null when nobody can know. */
  readonly allowed: {
    readonly normalizers: readonly string[];
    readonly tolerances: readonly Tolerance[];
  } | null;
}

/** The builds of the host that decided. */
export function decidingBuild(
  report: ReleaseReport,
  { lock, policy }: {
    readonly lock: Lock | null;
    readonly policy: Policy | null;
  },
): HostBuild {
  const { project, version, inputs, rebuild } = report;
  return {
    recipe: { name: project, version, sha256: inputs.recipeSha256 },
    seed: rebuild.seed,
    source: rebuild.source,
    prepared: rebuild.prepared,
    runs: rebuild.runs,
    lock,
    allowed: policy === null ? null : {
      normalizers: policy.reproducibility.normalizers,
      tolerances: liveTolerances(policy, new Date(report.now)),
    },
  };
}
