/**
 * What a rebuild was made of and by, as the resource descriptors of SLSA
 * provenance (in-toto attestation framework, spec/v1/resource_descriptor.md).
 * Only things with a digest are dependencies; a toolchain that is pinned by its
 * version text alone is a parameter, since nothing about its bytes is known.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { sha256 } from "../../verify/digest.ts";
import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import type { RebuildResult } from "../../verify/rebuild/result.ts";
import type { Json } from "../../verify/strict_json.ts";
import { URI } from "../../verify/attest/vocabulary.ts";

/** The recipe as statements name it. */
export interface RecipeIdentity {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the recipe's bytes. */
  readonly sha256: string;
}

/** Source and toolchains of a rebuild that have a digest. */
export function rebuildMaterials(
  { source, lock, prepared }: Pick<
    RebuildResult,
    "source" | "lock" | "prepared"
  >,
): Json[] {
  const materials: Json[] = [];
  if (source.commit !== null) {
    materials.push({
      name: "source",
      digest: { gitCommit: source.commit },
    });
  }
  materials.push({
    name: "source-list",
    digest: { sha256: source.treeSha256 },
  });
  if (prepared !== undefined) {
    materials.push({
      name: "prepared-list",
      digest: { sha256: prepared.sha256 },
    });
  }
  for (const [name, tool] of sorted(lock.toolchains)) {
    switch (tool.pin) {
      case "host":
        materials.push({
          name: `toolchain/${name}`,
          digest: { sha256: tool.executable.sha256 },
        });
        if (tool.files.count > 0) {
          materials.push({
            name: `toolchain/${name}/file-list`,
            digest: { sha256: tool.files.sha256 },
          });
        }
        break;
      case "archive":
        materials.push({
          name: `toolchain/${name}`,
          uri: tool.archive.source,
          digest: { sha256: tool.archive.sha256 },
        }, {
          name: `toolchain/${name}/file-list`,
          digest: { sha256: tool.files.sha256 },
        });
        if (tool.host !== undefined) {
          materials.push({
            name: `toolchain/${name}/host-file-list`,
            digest: { sha256: tool.host.sha256 },
          });
        }
        break;
      case "npm":
        materials.push({
          name: `toolchain/${name}`,
          digest: {
            sha512: Buffer.from(
              tool.integrity.slice("sha512-".length),
              "base64",
            )
              .toString("hex"),
          },
        });
        break;
      case "version":
        break;
    }
  }
  return materials;
}

/** Version text and kind of pin of every toolchain. */
export function toolchainVersions(lock: RebuildResult["lock"]): Json {
  return Object.fromEntries(
    sorted(lock.toolchains).map((
      [name, { pin, version }],
    ) => [name, { pin, version }]),
  );
}

/** An id that names the same run of the same inputs, and no other. */
export function invocationId(inputs: Json): string {
  return URI.invocation + sha256(canonicalJson(inputs));
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).toSorted(([a], [b]) => a < b ? -1 : 1);
}
