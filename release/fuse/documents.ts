/**
 * The files in `fuse/` of a release, in the shapes that FUSE publishes since
 * v0.9.4 and its `verify_release_integrity.sh` reads once they lie beside the
 * archives: `SHA256SUMS` of the archives alone, a bill of materials for each,
 * `release-provenance.json`, and `release-artifacts.json`, which lists all of
 * those. The list and the provenance have the bytes that FUSE's own scripts
 * would write. They are not the files of those names at the top of a release:
 * that list names every file, which FUSE's verifier refuses.
 *
 * @module
 */

import {
  compareBytes,
  formatChecksums,
} from "../../verify/integrity/checksums.ts";
import { jsonLists } from "../json_line.ts";
import { RELEASE_FILES } from "../layout.ts";
import {
  type FuseFile,
  fuseFile,
  type FusePayload,
  fuseTime,
  stemOf,
} from "./payload.ts";
import { formatFuseSbom } from "./sbom.ts";

/** Folder of these files in a release. */
export const FUSE_FOLDER = "fuse";

/** Names of these files, for the archives of a release. */
export function fuseFileNames(archives: readonly string[]): string[] {
  return [
    RELEASE_FILES.checksums,
    RELEASE_FILES.artifacts,
    FUSE_PROVENANCE,
    ...archives.map(sbomName),
  ].map((name) => `${FUSE_FOLDER}/${name}`);
}

/** Name of the provenance in the folder. */
export const FUSE_PROVENANCE = "release-provenance.json";

function sbomName(archive: string): string {
  return `${stemOf(archive)}.spdx.json`;
}

/** The list of the archives, and a bill of materials for each. */
export function fuseSidecars(
  payloads: readonly FusePayload[],
  made: { readonly program: string; readonly sourceDateEpoch: number },
): FuseFile[] {
  return [
    fuseFile(RELEASE_FILES.checksums, "checksums", {
      text: formatChecksums(
        payloads.map(({ name, sha256 }) => ({ path: name, sha256 })),
      ),
    }),
    ...payloads.map((payload) =>
      fuseFile(sbomName(payload.name), "sbom", {
        text: formatFuseSbom(payload, made),
        subject: payload.name,
      })
    ),
  ];
}

/** `release-artifacts.json` of v0.9.4: archives, and the files beside them. */
export function formatFuseArtifacts(
  payloads: readonly FusePayload[],
  beside: readonly FuseFile[],
  sourceDateEpoch: number,
): string {
  return [
    "{",
    `  "generatedAtUtc": "${fuseTime(sourceDateEpoch)}",`,
    `  "sourceDateEpoch": ${sourceDateEpoch},`,
    jsonLists({
      artifacts: byName(payloads).map(({ name, sha256, size }) => ({
        name,
        sha256,
        size,
      })),
      integrityArtifacts: byName(beside).map((
        { name, kind, sha256, size, subject },
      ) => ({ name, kind, sha256, size, subject })),
    }),
    "}",
    "",
  ].join("\n");
}

/** In the order of `LC_ALL=C sort`. */
export function byName<T extends { readonly name: string }>(
  files: readonly T[],
): T[] {
  return files.toSorted((a, b) => compareBytes(a.name, b.name));
}
