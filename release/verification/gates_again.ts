/**
 * The gates that a policy names, judged again from what lies in the release:
 * the bytes of the artifacts and the files kept as evidence. What only the
 * releaser could see, such as where a tag pointed, is taken from the report.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import { UsageError } from "../../verify/error.ts";
import { parseDocument } from "../../verify/document.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { RECIPE, type Recipe } from "../../verify/rebuild/recipe.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import {
  type ArtifactMeasures,
  gateSourceFiles,
  measureArtifact,
  policyGateChecks,
} from "../policy_gates.ts";
import type { Documents } from "./documents.ts";
import type { Inventory, MemberVisitor } from "./inventory.ts";

/** Checks that rest on what the releaser alone could see. */
const ON_WORD: readonly string[] = ["versions/commit/"];

/** Measures each artifact of a release while its archive is read. */
export class MemberMeasures {
  readonly #measures = new Map<string, ArtifactMeasures>();
  #recipe: Recipe | null | undefined;

  /** Looks at one file; given to the inventory. */
  readonly visit: MemberVisitor = ({ archive, member, bytes, documents }) => {
    this.#recipe ??= readRecipe(documents.get(RELEASE_FILES.recipe)?.bytes);
    if (this.#recipe === null) return;
    this.#measures.set(
      `${archive}/${member.path}`,
      measureArtifact(new MemoryReader(bytes), this.#recipe),
    );
  };

  /** Measures by `TARGET/NAME`. */
  artifacts(recipe: Recipe): ReadonlyMap<string, ArtifactMeasures> {
    return new Map(
      Object.entries(recipe.targets).flatMap(([target, { artifacts }]) =>
        artifacts.flatMap(({ name }) => {
          const own = this.#measures.get(
            `${archiveName(recipe, target)}/${name}`,
          );
          return own === undefined ? [] : [[`${target}/${name}`, own] as const];
        })
      ),
    );
  }
}

/** Judges every gate that the policy of the documents names. */
export function gatesAgain(
  documents: Documents,
  measures: MemberMeasures,
  inventory: Inventory,
): Check[] {
  const { report, recipe, policy } = documents;
  if (report === null || recipe === null || policy === null) return [];
  const files = new Map(
    gateSourceFiles(recipe, policy).flatMap((path) => {
      const file = inventory.files.get(`${RELEASE_FILES.sources}/${path}`);
      return file === undefined || file.bytes === null
        ? []
        : [[path, { bytes: file.bytes, sha256: file.sha256 }] as const];
    }),
  );
  return [
    ...policyGateChecks({ recipe, policy }, {
      artifacts: measures.artifacts(recipe),
      files,
    }),
    ...onWord(documents),
  ];
}

function onWord({ report, policy }: Documents): Check[] {
  if (report === null || policy?.versions?.tag !== "commit") return [];
  const told = report.checks.filter((check) =>
    ON_WORD.some((prefix) => check.id.startsWith(prefix))
  );
  return told.length > 0 ? told : [{
    id: `versions/commit/${report.tag}`,
    gate: "versions",
    code: "version-commit",
    subject: report.tag,
    status: "unchecked",
    expected: "a check of the tag when it was released",
    observed: "none in the report",
    evidence: [],
  }];
}

function readRecipe(bytes: Uint8Array | null | undefined): Recipe | null {
  if (!bytes) return null;
  try {
    return parseDocument(RECIPE, bytes, RELEASE_FILES.recipe);
  } catch (error) {
    // The document check reports it.
    if (error instanceof UsageError) return null;
    throw error;
  }
}
