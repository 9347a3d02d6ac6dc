/**
 * The documents in FUSE's shapes held against the release: they are there when
 * the report says so and not otherwise, and all are made again, from the
 * archives and from what the provenance says of the workflow run. A run of
 * another commit or tag makes none.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import {
  FUSE_FOLDER,
  FUSE_PROVENANCE,
  fuseFileNames,
} from "../fuse/documents.ts";
import { fuseDocuments } from "../fuse/fuse.ts";
import { parseFuseProvenance } from "../fuse/provenance.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { derived } from "./derived_files.ts";
import type { Inventory } from "./inventory.ts";

/** Checks of the documents; none for a release without them. */
export function fuseChecks(
  inventory: Inventory,
  report: ReleaseReport | null,
): Check[] {
  if (report?.fuse !== true) return [];
  return fuseFileNames(report.subjects.map(({ name }) => name)).map((path) =>
    derived(
      inventory,
      path,
      () => madeAgain(inventory, report).get(path) ?? "",
    )
  );
}

function madeAgain(
  { files }: Inventory,
  report: ReleaseReport,
): ReadonlyMap<string, string> {
  const provenance = files.get(`${FUSE_FOLDER}/${FUSE_PROVENANCE}`)?.bytes;
  const payloads = report.subjects.map(({ name, sha256, size }) => ({
    name,
    sha256,
    size,
    // A broken archive has a check of its own.
    members: files.get(name)?.members ?? [],
  }));
  return fuseDocuments(
    report,
    payloads,
    parseFuseProvenance(provenance ?? new Uint8Array()),
  );
}
