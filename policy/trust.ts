/**
 * Whom a policy trusts, for what, and when. A signer is a key, or an identity
 * that a pinned trusted root vouches for. Each may be scoped to targets and to
 * kinds of statements; without a scope it may vouch for everything. A claim is
 * allowed only when the scope covers all of it: a statement about two targets
 * needs a signer for both.
 *
 * @module
 */

import { z } from "zod";
import { date, digest, id, literal, publicKey } from "./parts.ts";

/** What the signature of a checksum list is called in a scope. */
export const CHECKSUMS = "checksums";

/** The kind of statement by which a builder elsewhere supplies a target. */
export const SUPPLY = "tag:reproof,2026:supply/v1";

const KINDS = [
  "https://slsa.dev/provenance/v1",
  "https://slsa.dev/verification_summary/v1",
  "tag:reproof,2026:rollback-drill/v1",
  SUPPLY,
  "https://in-toto.io/attestation/test-result/v0.1",
  "https://in-toto.io/attestation/release/v0.1",
  CHECKSUMS,
] as const;

const scope = z.strictObject({
  /** Targets it may vouch for; all of them without. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /** Predicate types it may sign, and "checksums" for the list; all without. */
  predicateTypes: z.array(z.enum(KINDS)).min(1).optional(),
});

const validity = {
  /** First day on which a signature counts (UTC). */
  notBefore: date.optional(),
  /** Last day on which a signature counts (UTC). */
  notAfter: date.optional(),
  scope: scope.optional(),
};

const key = z.strictObject({ id, publicKey, ...validity });

const identity = z.strictObject({
  id,
  /** Subject alternative name of the certificate, to the letter. */
  identity: literal,
  /** OIDC issuer of the certificate, to the letter. */
  issuer: literal,
  ...validity,
});

const root = z.strictObject({
  id,
  /** SHA-256 of the trusted root's file. */
  sha256: digest,
  /** Where the file lies, relative to the policy; else it is given by flag. */
  file: z.string().min(1).optional(),
  /** Distinct transparency logs that each signature needs. */
  logsMin: z.int().min(1).max(16).default(1),
  /** Distinct sources of time that each signature needs. */
  timesMin: z.int().min(1).max(16).default(1),
  /** Who may vouch for a release; none for a root of rebuilders alone. */
  identities: z.array(identity).default([]),
});

/** The section `trust` of a policy. */
export const trustSchema = z.strictObject({
  keys: z.array(key).default([]),
  roots: z.array(root).default([]),
}).superRefine((trust, context) => {
  const ids = [
    ...trust.keys.map((entry) => entry.id),
    ...trust.roots.flatMap((entry) => [
      entry.id,
      ...entry.identities.map((one) => one.id),
    ]),
  ];
  if (new Set(ids).size !== ids.length) {
    context.addIssue({
      code: "custom",
      path: ["keys"],
      message: "keys, roots and identities with unique ids",
    });
  }
});

/** What a signer may vouch for. */
export type Scope = z.infer<typeof scope>;
/** The section `trust`. */
export type PolicyTrust = z.infer<typeof trustSchema>;
/** One trusted key. */
export type TrustedKey = PolicyTrust["keys"][number];
/** One pinned trusted root with its identities. */
export type PinnedRoot = PolicyTrust["roots"][number];

/** What a signed file claims to vouch for. */
export interface Claim {
  /** Targets that it speaks of. */
  readonly targets: readonly string[];
  /** Its predicate type, or {@linkcode CHECKSUMS}. */
  readonly predicateType: string;
}

/** What of a claim a scope does not cover; null when it covers all of it. */
export function outOfScope(
  scope: Scope | undefined,
  claim: Claim,
): string | null {
  const target = scope?.targets === undefined
    ? undefined
    : claim.targets.find((name) => !scope.targets?.includes(name));
  if (target !== undefined) return `the target "${target}"`;
  const types: readonly string[] | undefined = scope?.predicateTypes;
  return types === undefined || types.includes(claim.predicateType)
    ? null
    : claim.predicateType;
}

/** A scope in words. */
export function describeScope(scope: Scope | undefined): string {
  const parts = [
    scope?.targets === undefined ? null : scope.targets.join(", "),
    scope?.predicateTypes === undefined
      ? null
      : scope.predicateTypes.join(", "),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "everything" : parts.join("; ");
}
