/**
 * Two files, or a part of them, that a limit kept from being compared: the
 * limit by its name, and a finding of which nothing is known.
 *
 * @module
 */

import type { LimitName } from "../limits.ts";
import type { DifferenceSide } from "./comparison.ts";
import type { Session } from "./session.ts";

/** What was not compared. */
export interface NotCompared {
  /** Prefix of the labels of the files. */
  readonly file: string;
  /** Label within them; `data` for all of them. */
  readonly path?: string;
  /** Where the limit was reached; the files, if not given. */
  readonly place?: string;
  readonly left?: DifferenceSide;
  readonly right?: DifferenceSide;
  readonly detail: string;
}

/** Notes a limit, and what it kept from being compared. */
export function reportLimit(
  session: Session,
  limit: LimitName,
  { file, path = "data", place = file, left, right, detail }: NotCompared,
): void {
  session.limit(limit, place);
  session.add({
    code: "limit-reached",
    file,
    path,
    left: left ?? null,
    right: right ?? null,
    standing: "unknown",
    detail,
  });
}

/** Two files for whose fields nothing is left of the budget. */
export function reportNotLaidOut(session: Session, file: string): void {
  reportLimit(session, "layoutFieldsMax", {
    file,
    detail: "files around it have as many fields as may be laid out in all",
  });
}
