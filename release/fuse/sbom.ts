/**
 * `<stem>.spdx.json`, the bill of materials that FUSE's verifier asks for
 * beside each archive: exactly one package, the archive by its SHA-256, and the
 * files in it, with the digests that FUSE leaves out. FUSE's shape is not all
 * that SPDX 2.3 asks for (no SHA-1 of the files, a package that was not
 * analysed and contains some). The bill of materials of the whole release,
 * which lists the toolchains as well, is `sbom.cdx.json`.
 *
 * @module
 */

import { type FusePayload, fuseTime, stemOf } from "./payload.ts";

const NO = "NOASSERTION";
const PACKAGE = "SPDXRef-Package";

/** Writes the document of one archive. */
export function formatFuseSbom(
  payload: FusePayload,
  { program, sourceDateEpoch }: {
    /** Name and version of this program. */
    readonly program: string;
    readonly sourceDateEpoch: number;
  },
): string {
  const stem = stemOf(payload.name);
  const id = (index: number) => `SPDXRef-File-${index + 1}`;
  const relation = (from: string, relationshipType: string, to: string) => ({
    spdxElementId: from,
    relationshipType,
    relatedSpdxElement: to,
  });
  return JSON.stringify(
    {
      spdxVersion: "SPDX-2.3",
      dataLicense: "CC0-1.0",
      SPDXID: "SPDXRef-DOCUMENT",
      name: `${stem} SBOM`,
      documentNamespace: `tag:reproof,2026:sbom/${
        encodeURIComponent(stem)
      }/${payload.sha256}`,
      creationInfo: {
        created: fuseTime(sourceDateEpoch),
        creators: [`Tool: ${program.replace(/[/ ]/, "-")}`],
      },
      packages: [{
        SPDXID: PACKAGE,
        name: stem,
        downloadLocation: NO,
        packageFileName: payload.name,
        filesAnalyzed: false,
        checksums: [{ algorithm: "SHA256", checksumValue: payload.sha256 }],
        licenseConcluded: NO,
        licenseDeclared: NO,
        copyrightText: NO,
      }],
      files: payload.members.map(({ path, sha256 }, index) => ({
        SPDXID: id(index),
        fileName: path,
        checksums: [{ algorithm: "SHA256", checksumValue: sha256 }],
        licenseConcluded: NO,
        copyrightText: NO,
      })),
      relationships: [
        relation("SPDXRef-DOCUMENT", "DESCRIBES", PACKAGE),
        ...payload.members.map((_, index) =>
          relation(PACKAGE, "CONTAINS", id(index))
        ),
      ],
    },
    null,
    2,
  ) + "\n";
}
