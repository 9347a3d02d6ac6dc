/**
 * The document in FUSE's shape held against the release: it is there when the
 * report says so and not otherwise, a trusted signer signed it, and everything
 * it says of files, commit and tag is what the release says.
 *
 * @module
 */

import type { Denial } from "../../policy/deny.ts";
import { CHECKSUMS } from "../../policy/trust.ts";
import type { Check } from "../../verify/check.ts";
import { ReproofError } from "../../verify/error.ts";
import { MemoryReader } from "../../verify/reader.ts";
import {
  fuseContradiction,
  fuseFacts,
  parseFuseProvenance,
} from "../fuse_provenance.ts";
import { RELEASE_FILES } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { integrity, type Inventory } from "./inventory.ts";
import { targetsOf } from "./statements.ts";
import { type ReleaseTrust, verifyTrusted } from "./trust.ts";

/** Whom to trust with it. */
export interface FuseOptions {
  readonly trust: ReleaseTrust;
  readonly deny: readonly Denial[];
  readonly now: Date;
}

/** Checks of the document; none for a release without one. */
export function fuseChecks(
  inventory: Inventory,
  report: ReleaseReport | null,
  options: FuseOptions,
): Check[] {
  const path = RELEASE_FILES.fuseProvenance;
  const file = inventory.files.get(path);
  const bundle = inventory.files.get(RELEASE_FILES.fuseBundle);
  if (report?.fuse !== true) {
    return file === undefined && bundle === undefined ? [] : [
      integrity("extra", path, "fail", {
        code: "file-not-listed",
        expected: "no such file, as the report says",
        observed: "one",
      }),
    ];
  }
  const list = inventory.files.get(RELEASE_FILES.checksums);
  const sbom = inventory.files.get(RELEASE_FILES.sbom);
  if (!file?.bytes || !bundle?.bytes || !list || !sbom) {
    return [integrity("document", path, "fail", {
      code: "file-missing",
      expected: "the document and its signature, as the report says",
      observed: "not both",
    })];
  }
  const sized = ({ sha256, size }: typeof list) => ({ sha256, size });
  return [
    ...verifyTrusted(
      bundle.bytes,
      { targets: targetsOf(report), predicateType: CHECKSUMS },
      {
        name: RELEASE_FILES.fuseBundle,
        ...options,
        decidedAt: new Date(report.now),
        expect: { kind: "blob", artifact: new MemoryReader(file.bytes) },
      },
    ).checks,
    agreement(path, () =>
      fuseContradiction(
        parseFuseProvenance(file.bytes ?? new Uint8Array()),
        report,
        fuseFacts(report, { list: sized(list), sbom: sized(sbom) }),
      )),
  ];
}

function agreement(path: string, contradiction: () => string | null): Check {
  let found: string | null;
  try {
    found = contradiction();
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    found = error.message;
  }
  return integrity("agreement", path, found === null ? "pass" : "fail", {
    code: "release-inconsistent",
    expected: "files, commit and tag of the release",
    observed: found === null ? "those" : found,
  });
}
