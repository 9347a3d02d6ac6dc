/**
 * Start-up figures that somebody else measured, as evidence: a file of the
 * source in the form of `aot_perf_metrics.json`. Nothing here was run, so the
 * file must say of itself what a trial of ours would have seen to: which build
 * it is about, and that both sides are release builds. How many samples it
 * takes for a percentile is judged as for figures of our own.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { type AotMetrics, parseAotMetrics } from "./aot_metrics.ts";
import { profileFinding } from "./profile.ts";
import type { StageRun } from "./run_stage.ts";
import type { Finding } from "./stage/script.ts";
import type { StartupMetrics } from "./startup_recipe.ts";

/**
 * Reads the figures of a target.
 *
 * @param trial `buildInfo` is the one line in the bytes of the artifact.
 * @param source Directory of the source.
 */
export function readMetricsTrial(
  { startup, buildInfo }: {
    readonly startup: StartupMetrics;
    readonly buildInfo: string | null;
  },
  source: string,
): StageRun {
  const finding = (
    status: Finding["status"],
    code: Finding["code"],
    observed: string,
  ): Finding => ({
    id: "runs",
    code,
    status,
    expected: "figures of both sides, percentiles that follow from them",
    observed,
  });
  let bytes: Uint8Array<ArrayBuffer>;
  let metrics: AotMetrics;
  try {
    bytes = Deno.readFileSync(`${source}/${startup.metrics}`);
    metrics = parseAotMetrics(bytes, startup.metrics);
  } catch (error) {
    const found = error instanceof ReproofError
      ? finding("unchecked", error.code, error.message)
      : finding("unchecked", "metrics-missing", String(error));
    return {
      result: { findings: [found], measured: {} },
      why: "",
      logs: new Map(),
    };
  }
  const { samples, misstated, buildInfo: told } = metrics;
  const runs = misstated.length === 0
    ? finding("pass", "metrics-misstated", "that")
    : finding("fail", "metrics-misstated", misstated.join(", "));
  const build: Finding = {
    id: "build",
    code: "metrics-other-build",
    status: told.artifact !== null && told.artifact === buildInfo
      ? "pass"
      : "unchecked",
    expected: buildInfo === null
      ? "an artifact that holds one build-info line"
      : `benchmark_context.aot_build_info "${buildInfo}"`,
    observed: told.artifact === null ? "none" : `"${told.artifact}"`,
  };
  return {
    result: {
      findings: [
        runs,
        build,
        profileFinding("artifact", told.artifact, startup.profile),
        profileFinding("reference", told.reference, startup.profile),
      ],
      measured: {},
      samples,
    },
    why: "",
    logs: new Map(),
    metrics: bytes,
  };
}
