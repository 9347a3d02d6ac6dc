/**
 * Which files are the release of a package, as an in-toto release v0.1: the
 * archives and the list of all files, under the purl with version. Only a go
 * has one.
 *
 * @module
 */

import {
  makeStatement,
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";

/** Builds the statement. */
export function releaseStatement(
  subjects: readonly Subject[],
  /** Purl with version. */
  purl: string,
): Statement {
  return makeStatement(subjects, PREDICATE_TYPE.release, {
    predicate: { purl },
  });
}
