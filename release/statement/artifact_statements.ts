/**
 * The two statements about one artifact: how it was built, and how two builds
 * of it compare.
 *
 * @module
 */

import type { Statement, Subject } from "../../verify/attest/statement.ts";
import type {
  RebuildResult,
  RebuiltArtifact,
} from "../../verify/rebuild/result.ts";
import {
  comparisonStatement,
  type ComparisonStatementOptions,
} from "./comparison.ts";
import { provenanceStatement } from "./provenance.ts";

/** What the statements need beside the rebuild. */
export interface ArtifactStatementsOptions
  extends Omit<ComparisonStatementOptions, "subjects"> {
  /** Files that the provenance is about; the artifact alone without. */
  readonly provenanceSubjects?: readonly Subject[];
}

/**
 * Makes both statements.
 *
 * @throws {ReproofError} `statement-invalid` for what was not built.
 */
export function artifactStatements(
  result: RebuildResult,
  artifact: RebuiltArtifact,
  options: ArtifactStatementsOptions,
): { readonly provenance: Statement; readonly comparison: Statement } {
  const { provenanceSubjects, ...rest } = options;
  return {
    provenance: provenanceStatement(result, artifact, {
      recipe: options.recipe,
      host: `${Deno.build.os} ${Deno.build.arch}`,
      ...(provenanceSubjects === undefined
        ? {}
        : { subjects: provenanceSubjects }),
    }),
    comparison: comparisonStatement(result, artifact, rest),
  };
}
