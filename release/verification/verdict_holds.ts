/**
 * Whether a verdict can be true of two digests and the differences listed.
 *
 * @module
 */

import type { ReportedArtifact } from "../report/release_report.ts";

/** Whether it can. */
export function verdictHolds(artifact: ReportedArtifact): boolean {
  const { sha256, variedSha256, verdict, differences } = artifact;
  if (sha256 === null || variedSha256 === null) return verdict === "unchecked";
  const normal = artifact.normalizedSha256;
  const accounted = differences.length > 0 &&
    differences.every((difference) => difference.accountedBy !== null);
  switch (verdict) {
    case "identical":
      return sha256 === variedSha256 && differences.length === 0 &&
        normal === sha256;
    case "equivalent":
      return sha256 !== variedSha256 && accounted;
    case "different":
      return sha256 !== variedSha256 && !accounted && normal === null;
    case "unchecked":
      return true;
  }
}
