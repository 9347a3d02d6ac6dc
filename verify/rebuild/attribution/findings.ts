/**
 * Writing what an investigation found into the artifacts: each difference
 * gets its cause, and each axis an entry of the attribution.
 *
 * @module
 */

import type { Cause, Difference } from "../../compare/comparison.ts";
import { AXES } from "../axis/mod.ts";
import type { Finding, RebuildResult, RebuiltArtifact } from "../result.ts";

/** Artifacts whose open differences have the causes that were found. */
export function withFindings(
  artifacts: readonly RebuiltArtifact[],
  findings: readonly Finding[],
): RebuiltArtifact[] {
  return artifacts.map((artifact) => {
    const subject = `${artifact.target}/${artifact.name}`;
    const own = new Map(
      findings.filter((finding) => finding.artifact === subject)
        .map((finding) => [finding.path, finding]),
    );
    const differences = artifact.differences.map((difference): Difference => {
      const finding = own.get(difference.path);
      if (finding === undefined) return difference;
      const cause = causeOf(finding);
      if (cause !== null) return { ...difference, cause };
      // What builds did not bear out is no longer said.
      return difference.cause === null
        ? difference
        : { ...difference, cause: { ...difference.cause, axis: null } };
    });
    return {
      ...artifact,
      differences,
      comparison: artifact.comparison === null
        ? null
        : { ...artifact.comparison, differences },
    };
  });
}

/** The entries of the attribution that findings of axes make. */
export function attributionOf(
  findings: readonly Finding[],
): RebuildResult["attribution"][number][] {
  return findings.flatMap(({ artifact, path, axes, evidence }) =>
    axes.map((axis) => ({ artifact, path, axis, evidence }))
  );
}

function causeOf({ cause, axes }: Finding): Cause | null {
  if (cause === "unknown") return null;
  if (cause === "inherent") {
    return {
      axis: "inherent",
      construct: "chance: map order, threads, addresses or random ids",
      fix: "Sort what has no order, and seed or leave out what is random.",
    };
  }
  const known = AXES.filter(({ name }) => axes.includes(name));
  return {
    axis: axes.join(" and "),
    construct: known.map(({ construct }) => construct).join("; "),
    fix: known.map(({ fix }) => fix).join(" "),
  };
}
