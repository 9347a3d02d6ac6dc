/**
 * All documents of `fuse/` together. Each names the digests of those before
 * it: archives, then list and bills of materials, then the provenance, then
 * the list of everything.
 *
 * @module
 */

import { RELEASE_FILES } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import {
  formatFuseArtifacts,
  FUSE_FOLDER,
  FUSE_PROVENANCE,
  fuseSidecars,
} from "./documents.ts";
import { fuseFile, type FusePayload } from "./payload.ts";
import { formatFuseProvenance, type FuseRun } from "./provenance.ts";

/** Texts by their path in the release. */
export function fuseDocuments(
  report: ReleaseReport,
  payloads: readonly FusePayload[],
  run: FuseRun,
): ReadonlyMap<string, string> {
  const { sourceDateEpoch } = report.rebuild.source;
  const sidecars = fuseSidecars(payloads, {
    program: report.program,
    sourceDateEpoch,
  });
  const provenance = fuseFile(FUSE_PROVENANCE, "provenance", {
    text: formatFuseProvenance(report, sidecars, run),
  });
  const beside = [...sidecars, provenance];
  return new Map([
    ...beside.map(({ name, text }) => [name, text] as const),
    [
      RELEASE_FILES.artifacts,
      formatFuseArtifacts(payloads, beside, sourceDateEpoch),
    ] as const,
  ].map(([name, text]) => [`${FUSE_FOLDER}/${name}`, text]));
}
