/**
 * The statements about one artifact: how each run built it, and how the two
 * builds compare.
 *
 * @module
 */

import type { ArtifactStatement } from "../layout.ts";
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
 * Makes every statement; what a run did not build has no provenance.
 *
 * @throws {ReproofError} `statement-invalid` for what was not built.
 */
export function artifactStatements(
  result: RebuildResult,
  artifact: RebuiltArtifact,
  options: ArtifactStatementsOptions,
): Partial<Record<ArtifactStatement, Statement>> & {
  readonly provenance: Statement;
  readonly comparison: Statement;
} {
  const { provenanceSubjects, ...rest } = options;
  const host = `${Deno.build.os} ${Deno.build.arch}`;
  const run = { recipe: options.recipe, host };
  return {
    provenance: provenanceStatement(result, artifact, {
      ...run,
      ...(provenanceSubjects === undefined
        ? {}
        : { subjects: provenanceSubjects }),
    }),
    ...(artifact.comparison === null ? {} : {
      "varied.provenance": provenanceStatement(result, artifact, {
        ...run,
        run: "varied",
      }),
    }),
    comparison: comparisonStatement(result, artifact, rest),
  };
}
