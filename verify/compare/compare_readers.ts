/**
 * The comparison of two artifacts: differences first, then what accounts for
 * each, then the verdict. Nothing is erased on the way.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Ahead } from "./ahead.ts";
import { compareFileSteps } from "./compare_file.ts";
import type { ComparedFile, CompareOptions, Comparison } from "./comparison.ts";
import type { LedgerTotals } from "../format/layout.ts";
import { Session } from "./session.ts";
import { runSteps } from "../steps.ts";

/** An artifact with the name that the report gives it. */
export interface Labelled {
  /** Path or label as given. */
  readonly label: string;
  readonly reader: Reader;
}

/**
 * Compares two artifacts.
 *
 * Tolerances are taken as they are; the caller picks those of the artifact.
 *
 * @throws The abort reason when `options.signal` fires, and what reading
 * throws (`file-changed`).
 */
export async function compareReaders(
  left: Labelled,
  right: Labelled,
  options: CompareOptions = {},
  ahead: Ahead = {},
): Promise<Comparison> {
  const session = new Session(options, left.reader.size + right.reader.size);
  const pair = await runSteps(
    compareFileSteps(
      session,
      { left: left.reader, right: right.reader },
      "",
      ahead,
    ),
    options.signal,
  );
  const side = (
    { label, reader }: Labelled,
    facts: typeof pair.left,
  ): ComparedFile => ({
    path: label,
    sha256: facts.sha256,
    size: reader.size,
    format: facts.format,
  });
  return conclude(session, {
    equal: pair.equal,
    left: side(left, pair.left),
    right: side(right, pair.right),
    ledger: { left: pair.left.ledger, right: pair.right.ledger },
  });
}

/** The result of a session. */
export function conclude(
  session: Session,
  { equal, left, right, ledger }: {
    readonly equal: boolean;
    readonly left: ComparedFile;
    readonly right: ComparedFile;
    readonly ledger: {
      readonly left: LedgerTotals;
      readonly right: LedgerTotals;
    };
  },
): Comparison {
  const finished = session.finish(equal);
  const { verdict, differences, limitsHit, notListed, unlistedBy, ...counts } =
    finished;
  return {
    schemaVersion: 1,
    verdict,
    left,
    right,
    differences,
    summary: counts,
    ledger,
    ...(notListed.length === 0 ? {} : { notListed, unlistedBy }),
    limitsHit,
  };
}
