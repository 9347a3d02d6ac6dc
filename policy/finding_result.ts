/**
 * What reading a file found wrong, of one code, as the result of a check: the
 * first few findings are shown, what could not be read whole is unchecked, and
 * anything else is a failure.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";

/** One thing that is wrong. */
interface ReadFinding<Code extends string> {
  readonly code: Code;
  /** Place in the file; empty for the file itself. */
  readonly path: string;
  readonly detail: string;
}

/** What is asked of the findings. */
export interface FindingQuestion<Code extends string> {
  readonly code: Code;
  readonly expected: string;
  /** Whether findings of this code say that not all was read. */
  readonly isUnread: boolean;
  /** Whether the policy lets findings of this code be. */
  readonly isAllowed?: boolean;
  /** Whether every finding is listed, so that the others can be counted. */
  readonly isCounted: boolean;
}

const SHOWN = 3;

/** Result of the check that there is no finding of a code. */
export function findingResult<Code extends Check["code"]>(
  findings: readonly ReadFinding<Code>[],
  question: FindingQuestion<Code>,
): Pick<Check, "code" | "status" | "expected" | "observed"> {
  const { code, expected, isUnread, isAllowed, isCounted } = question;
  const own = findings.filter((finding) => finding.code === code);
  const shown = own.slice(0, SHOWN).map(({ path, detail }) =>
    path === "" ? detail : `"${path}": ${detail}`
  ).join("; ");
  const rest = isCounted ? `${own.length - SHOWN} more` : "more";
  return {
    code,
    status: own.length === 0 || isAllowed === true
      ? "pass"
      : isUnread
      ? "unchecked"
      : "fail",
    expected,
    observed: own.length === 0
      ? "that"
      : own.length <= SHOWN
      ? shown
      : `${shown} and ${rest}`,
  };
}
