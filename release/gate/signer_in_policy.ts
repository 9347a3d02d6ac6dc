/**
 * A policy that names whom it trusts must let the signer of the gate vouch for
 * everything that a release holds; else nobody could verify it by that policy.
 *
 * @module
 */

import {
  type DeniableSigner,
  describeDenial,
  signerDenial,
} from "../../policy/deny.ts";
import type { Policy } from "../../policy/policy.ts";
import { CHECKSUMS, outOfScope, type TrustedKey } from "../../policy/trust.ts";
import { maySupply } from "../../policy/supply.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import type { IdentityTrust, KeyTrust } from "../../verify/attest/options.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { UsageError } from "../../verify/error.ts";
import { validity } from "../signer_trust.ts";

/** What the signer of a release signs; a drill has a signer of its own. */
const SIGNED: readonly string[] = [
  PREDICATE_TYPE.provenance,
  PREDICATE_TYPE.testResult,
  PREDICATE_TYPE.release,
  PREDICATE_TYPE.verificationSummary,
  CHECKSUMS,
];

type Entry = Pick<TrustedKey, "id" | "notBefore" | "notAfter" | "scope">;

/**
 * Refuses a signer that the policy does not know, or not for this release.
 *
 * @throws {UsageError} `signer-not-in-policy`, `denied`.
 */
export function assertSignerInPolicy(
  policy: Policy,
  signer: KeyTrust | IdentityTrust,
  options: { readonly targets: readonly string[]; readonly now: Date },
): void {
  assertNotDenied(policy, signer);
  const { keys, roots } = policy.trust;
  if (keys.length === 0 && roots.length === 0) return;
  assertKnown(policy, signer, {
    ...options,
    signed: SIGNED,
    expected: "a signer that the policy lets vouch for every target, today",
  });
}

/**
 * Refuses a signer that the policy does not let supply some targets.
 *
 * @throws {UsageError} `signer-not-in-policy`, `denied`.
 */
export function assertSupplierInPolicy(
  policy: Policy,
  signer: KeyTrust | IdentityTrust,
  options: { readonly targets: readonly string[]; readonly now: Date },
): void {
  assertNotDenied(policy, signer);
  assertKnown(policy, signer, {
    ...options,
    signed: [PREDICATE_TYPE.supply, PREDICATE_TYPE.provenance],
    may: ({ scope }) => maySupply(scope) ? null : "by no scope of its own",
    expected: `a signer that the policy lets supply ${
      options.targets.join(", ")
    }, today`,
  });
}

interface Wish {
  readonly targets: readonly string[];
  readonly now: Date;
  /** Kinds of statements that it is to sign. */
  readonly signed: readonly string[];
  /** Why an entry will not do whatever its scope covers; null when it does. */
  readonly may?: (entry: Entry) => string | null;
  readonly expected: string;
}

function assertKnown(
  { trust }: Policy,
  signer: KeyTrust | IdentityTrust,
  wish: Wish,
): void {
  const { keys, roots } = trust;
  const known: Entry[] = signer.kind === "keys"
    ? keys.filter((trusted) =>
      signer.keys.some(({ key }) =>
        loadPublicKey(trusted.publicKey).sha256 === key.sha256
      )
    )
    : roots.filter((root) => root.sha256 === signer.root.sha256)
      .flatMap((root) => root.identities).filter((entry) =>
        entry.identity === signer.identity && entry.issuer === signer.issuer
      );
  const problems = known.map((entry) => problemOf(entry, wish));
  if (problems.includes(null)) return;
  throw new UsageError("signer-not-in-policy", "Choosing the signer", {
    expected: wish.expected,
    observed: problems[0] ?? describe(signer),
  });
}

function assertNotDenied(
  { deny }: Policy,
  signer: KeyTrust | IdentityTrust,
): void {
  const signers: DeniableSigner[] = signer.kind === "keys"
    ? signer.keys.map(({ key }) => ({ kind: "key", sha256: key.sha256 }))
    : [signer];
  for (const one of signers) {
    const denial = signerDenial(deny, one);
    if (denial === undefined) continue;
    throw new UsageError("denied", "Choosing the signer", {
      expected: "a signer that the policy does not deny",
      observed: describeDenial(denial),
    });
  }
}

function problemOf(entry: Entry, wish: Wish): string | null {
  const { targets, now } = wish;
  const unfit = wish.may?.(entry) ?? null;
  if (unfit !== null) return `"${entry.id}", ${unfit}`;
  for (const predicateType of wish.signed) {
    const outside = outOfScope(entry.scope, { targets, predicateType });
    if (outside !== null) return `"${entry.id}", not for ${outside}`;
  }
  const { notBefore, notAfter } = validity(entry);
  return notBefore !== undefined && now < notBefore ||
      notAfter !== undefined && now > notAfter
    ? `"${entry.id}", outside its days`
    : null;
}

function describe(signer: KeyTrust | IdentityTrust): string {
  return signer.kind === "keys"
    ? `the key sha256:${signer.keys.map(({ key }) => key.sha256).join(", ")}`
    : `"${signer.identity}" by "${signer.issuer}"`;
}
