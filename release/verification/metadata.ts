/**
 * The artifacts of a release asked again: their bytes, taken out of the
 * archives while these are read, against the recipe, lock and policy beside
 * them.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import { UsageError } from "../../verify/error.ts";
import { parseDocument } from "../../verify/document.ts";
import { tagCheck } from "../../verify/metadata/checks.ts";
import {
  type MetadataFacts,
  metadataFacts,
} from "../../verify/metadata/facts.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { artifactMetadata, uncheckedArtifact } from "../artifact_metadata.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { suppliedProbe } from "../supply/supplied_probe.ts";
import type { CarriedSupply } from "../supply/judge_supply.ts";
import type { Documents } from "./documents.ts";
import type { MemberVisitor } from "./inventory.ts";

/** Collects the facts of each file in an archive as it passes by. */
export class MemberFacts {
  readonly #facts = new Map<string, MetadataFacts>();
  #keys: readonly string[] | undefined;

  /** Looks at one file; given to the inventory. */
  readonly visit: MemberVisitor = ({ archive, member, bytes, documents }) => {
    this.#keys ??= readKeys(documents.get(RELEASE_FILES.recipe)?.bytes);
    this.#facts.set(
      `${archive}/${member.path}`,
      metadataFacts(new MemoryReader(bytes), this.#keys),
    );
  };

  /** Facts of a file in an archive, or null when it was not seen. */
  of(archive: string, path: string): MetadataFacts | null {
    return this.#facts.get(`${archive}/${path}`) ?? null;
  }
}

/** Keys of the build-info line; a recipe that cannot be read has none. */
function readKeys(bytes: Uint8Array | null | undefined): readonly string[] {
  if (!bytes) return [];
  try {
    return parseDocument(RECIPE, bytes, RELEASE_FILES.recipe)
      .buildInfo?.keys ?? [];
  } catch (error) {
    // The document check reports it.
    if (error instanceof UsageError) return [];
    throw error;
  }
}

/** Checks every artifact that the report names. */
export function metadataAgain(
  documents: Documents,
  members: MemberFacts,
  builders: readonly CarriedSupply[],
): Check[] {
  const { report, recipe, lock, policy } = documents;
  if (
    report === null || recipe === null || lock === null || policy === null
  ) return [];
  return [
    tagCheck(report.version, report.tag),
    ...report.rebuild.artifacts.flatMap((artifact) => {
      const { target, name, sha256 } = artifact;
      if (sha256 === null) {
        return [uncheckedArtifact(artifact, "it was not built")];
      }
      try {
        const builder = builders.find(({ targets }) =>
          targets.includes(target)
        );
        const expected = { recipe, lock: builder?.lock ?? lock, policy };
        return artifactMetadata(expected, {
          target,
          name,
          sha256,
          facts: members.of(archiveName(recipe, target), name),
          // What its builder signed is at hand; what a gate saw is not.
          probe: builder === undefined
            ? null
            : suppliedProbe(recipe, artifact, builder.supply),
          again: builder === undefined,
        });
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        return [uncheckedArtifact(artifact, error.message)];
      }
    }),
  ];
}
