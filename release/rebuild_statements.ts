/**
 * What an independent rebuilder hands in: the signed provenance and comparison
 * of everything that it built, as a gate with a quorum takes them. A comparison
 * that found differences is signed like one that found none.
 *
 * @module
 */

import { join } from "@std/path";
import { sha256 } from "../verify/digest.ts";
import type { Rebuild } from "../verify/rebuild/rebuild.ts";
import { RECIPE_FILE } from "../verify/rebuild/recipe.ts";
import { statementFile } from "./layout.ts";
import { readDocumentBytes } from "./read_document.ts";
import { signStatement } from "./sign/sign.ts";
import type { SigningKey } from "./sign/signing_key.ts";
import { artifactStatements } from "./statement/artifact_statements.ts";

/**
 * Signs the statements of a rebuild.
 *
 * @param directory Directory of the recipe.
 * @returns Bundles by their path in the evidence directory.
 */
export async function rebuildStatements(
  made: Rebuild,
  directory: string,
  options: { readonly key: SigningKey },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const recipe = {
    name: made.recipe.name,
    version: made.recipe.version,
    sha256: made.sourceFiles.get(RECIPE_FILE) ??
      sha256(readDocumentBytes(join(directory, RECIPE_FILE))),
  };
  const bundles = new Map<string, Uint8Array>();
  for (const artifact of made.result.artifacts) {
    if (artifact.sha256 === null) continue;
    const statements = artifactStatements(made.result, artifact, {
      recipe,
      // Those that were needed; a rebuild alone has no policy that allows some.
      normalizers: [
        ...new Set(
          artifact.differences.flatMap(({ accountedBy }) =>
            accountedBy === null ? [] : [accountedBy]
          ),
        ),
      ],
      tolerances: [],
    });
    for (const kind of ["provenance", "comparison"] as const) {
      bundles.set(
        statementFile(`${artifact.target}/${artifact.name}`, kind),
        await signStatement(statements[kind], options.key),
      );
    }
  }
  return bundles;
}
