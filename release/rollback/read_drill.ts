/**
 * From the bundle of a drill to what the gate `rollback` rests on: signed by
 * somebody who is trusted for the release, about one checksum list, of the form
 * of a drill.
 *
 * @module
 */

import type { Denial } from "../../policy/deny.ts";
import type { DrillEvidence } from "../../policy/rollback_checks.ts";
import {
  PREDICATE_TYPE,
  type Statement,
} from "../../verify/attest/statement.ts";
import { parseDocument } from "../../verify/document.ts";
import { ReproofError } from "../../verify/error.ts";
import { ROLLBACK_DRILL } from "../../verify/trial/drill.ts";
import { RELEASE_FILES } from "../layout.ts";
import { peekStatement } from "../verification/peek_statement.ts";
import { type ReleaseTrust, verifyTrusted } from "../verification/trust.ts";

/** Reads a drill; null bytes are no drill. */
export function readDrill(
  bytes: Uint8Array | null | undefined,
  options: {
    readonly trust: ReleaseTrust;
    readonly deny: readonly Denial[];
    readonly now: Date;
    /** When the release was decided; the signer must have counted then. */
    readonly decidedAt: Date;
    /** Targets of the release. */
    readonly targets: readonly string[];
  },
): DrillEvidence {
  if (!bytes) return { kind: "missing" };
  const { targets, ...trust } = options;
  let claimed: Statement;
  try {
    claimed = peekStatement(bytes, RELEASE_FILES.drill);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: "invalid", reason: "not a bundle with a statement" };
  }
  const predicateType = PREDICATE_TYPE.rollbackDrill;
  const verified = verifyTrusted(bytes, { targets, predicateType }, {
    ...trust,
    name: RELEASE_FILES.drill,
    expect: {
      kind: "statement",
      predicateTypes: [predicateType],
      // Which release it is about is judged by what it says once verified.
      subjects: claimed.subject,
      rule: "exactly",
    },
  });
  if (
    verified.status !== "verified" || verified.content.kind !== "statement"
  ) {
    const failed = verified.checks.find(({ status }) => status !== "pass");
    return {
      kind: "invalid",
      reason: failed === undefined
        ? "it does not verify"
        : `${failed.code}: ${failed.observed}`,
    };
  }
  const { statement, payloadSha256 } = verified.content;
  const [subject] = statement.subject;
  if (
    statement.subject.length !== 1 || subject?.name !== RELEASE_FILES.checksums
  ) {
    return { kind: "invalid", reason: "not about one checksum list" };
  }
  try {
    return {
      kind: "drill",
      drill: parseDocument(
        ROLLBACK_DRILL,
        JSON.stringify(statement.predicate),
        RELEASE_FILES.drill,
      ),
      listSha256: subject.digest.sha256,
      payloadSha256,
    };
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return { kind: "invalid", reason: error.message };
  }
}
