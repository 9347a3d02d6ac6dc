/**
 * One statement about one artifact: signed by somebody who may vouch for its
 * target, about exactly that artifact, and saying what follows from the builds
 * of its host and nothing else.
 *
 * @module
 */

import type { Denial } from "../../policy/deny.ts";
import type { Check } from "../../verify/check.ts";
import {
  PREDICATE_TYPE,
  type Statement,
  type Subject,
} from "../../verify/attest/statement.ts";
import type { ArtifactStatement } from "../layout.ts";
import { artifactAgrees, type ArtifactContext } from "./agreement.ts";
import {
  type ReleaseSigner,
  type ReleaseTrust,
  verifyTrusted,
} from "./trust.ts";

/** By whom and when statements must have been signed. */
export interface SigningContext {
  readonly trust: ReleaseTrust;
  /** Whose word counts no longer. */
  readonly deny: readonly Denial[];
  readonly now: Date;
  readonly decidedAt: Date | undefined;
}

/** What a statement must be. */
export interface ExpectedStatement {
  readonly predicateType: string;
  readonly targets: readonly string[];
  readonly subjects: readonly Subject[];
}

/** A verified statement, or none. */
export type FoundStatement =
  & { readonly checks: readonly Check[] }
  & (
    | {
      readonly statement: Statement;
      readonly payloadSha256: string;
      readonly by: ReleaseSigner;
    }
    | { readonly statement: null }
  );

/** Verifies a statement of any kind. */
export function verifyStatement(
  bytes: Uint8Array,
  path: string,
  expect: ExpectedStatement & SigningContext,
): FoundStatement {
  const verified = verifyTrusted(bytes, expect, {
    name: path,
    trust: expect.trust,
    deny: expect.deny,
    now: expect.now,
    decidedAt: expect.decidedAt,
    expect: {
      kind: "statement",
      predicateTypes: [expect.predicateType],
      subjects: expect.subjects,
      rule: "exactly",
    },
  });
  if (
    verified.status !== "verified" || verified.by === null ||
    verified.content.kind !== "statement"
  ) return { checks: verified.checks, statement: null };
  const { statement, payloadSha256 } = verified.content;
  const { checks, by } = verified;
  return { checks, statement, payloadSha256, by };
}

/** Verifies a statement about an artifact, and what it says. */
export function artifactStatement(
  bytes: Uint8Array,
  path: string,
  about: ArtifactContext & SigningContext & {
    readonly kind: ArtifactStatement;
    readonly subjects: readonly Subject[];
  },
): FoundStatement {
  const { kind, build, artifact, ...rest } = about;
  const found = verifyStatement(bytes, path, {
    ...rest,
    predicateType: PREDICATE_TYPE.provenance,
    targets: [artifact.target],
  });
  if (found.statement === null) return found;
  return {
    ...found,
    checks: [
      ...found.checks,
      artifactAgrees(path, found.statement, { kind, build, artifact }),
    ],
  };
}
