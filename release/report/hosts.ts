/**
 * Which host built which target, in one line for each host. A release of one
 * host says nothing of it.
 *
 * @module
 */

import { builtHere, type ReleaseReport } from "./release_report.ts";

/** A host and what it built. */
export interface BuildingHost {
  /** Its name in the policy; null for the host that decided. */
  readonly id: string | null;
  /** Kind of host, in the builder's words; null for the one that decided. */
  readonly host: string | null;
  readonly targets: readonly string[];
}

/** The hosts of a release; none where one host built everything. */
export function hostsOf(
  report: Pick<ReleaseReport, "rebuild" | "supplies">,
): BuildingHost[] {
  if (report.supplies === undefined) return [];
  const here = builtHere(report).filter((target) =>
    report.rebuild.artifacts.some((artifact) =>
      artifact.target === target && artifact.sha256 !== null
    )
  );
  return [
    ...(here.length === 0 ? [] : [{ id: null, host: null, targets: here }]),
    ...report.supplies.map(({ id, host, targets }) => ({ id, host, targets })),
  ];
}

/** One host in words. */
export function describeHost({ id, host, targets }: BuildingHost): string {
  return `${targets.join(", ")} built by ${
    id === null ? "the deciding host" : `${id} (${host})`
  }`;
}
