/**
 * What was checked, as an in-toto test result v0.1: each check of the report
 * by its id, as passed, warned (it could not be settled) or failed, under the
 * recipe, lock and policy that configured it. It states facts and no
 * judgement: a failure that a waiver covers is a failure here.
 *
 * @module
 */

import {
  makeStatement,
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import type { Check } from "../../verify/check.ts";
import { sha256 } from "../../verify/digest.ts";
import { RELEASE_FILES } from "../layout.ts";
import { formatReport, type ReleaseReport } from "../report/release_report.ts";

/** Builds the statement. */
export function testResultStatement(report: ReleaseReport): Statement {
  const { recipeSha256, lockSha256, policySha256 } = report.inputs;
  const named = (status: Check["status"]) =>
    [
      ...new Set(
        report.checks.filter((check) => check.status === status)
          .map(({ id }) => id),
      ),
    ].sort();
  const [failed, warned] = [named("fail"), named("unchecked")];
  return makeStatement(testSubjects(report), PREDICATE_TYPE.testResult, {
    predicate: {
      result: failed.length > 0
        ? "FAILED"
        : warned.length > 0
        ? "WARNED"
        : "PASSED",
      configuration: [
        { name: RELEASE_FILES.recipe, digest: { sha256: recipeSha256 } },
        { name: RELEASE_FILES.lock, digest: { sha256: lockSha256 } },
        { name: RELEASE_FILES.policy, digest: { sha256: policySha256 } },
      ],
      passedTests: named("pass"),
      warnedTests: warned,
      failedTests: failed,
    },
  });
}

/** Everything that was built; the report where nothing was. */
export function testSubjects(report: ReleaseReport): Subject[] {
  const built = report.rebuild.artifacts.flatMap(({ target, name, sha256 }) =>
    sha256 === null ? [] : [{ name: `${target}/${name}`, digest: { sha256 } }]
  );
  return built.length > 0 ? built : [{
    name: RELEASE_FILES.report,
    digest: { sha256: sha256(formatReport(report)) },
  }];
}
