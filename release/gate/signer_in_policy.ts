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
  const problems = known.map((entry) => problemOf(entry, options));
  if (problems.includes(null)) return;
  throw new UsageError("signer-not-in-policy", "Choosing the signer", {
    expected: "a signer that the policy lets vouch for every target, today",
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

function problemOf(
  entry: Entry,
  { targets, now }: {
    readonly targets: readonly string[];
    readonly now: Date;
  },
): string | null {
  for (const predicateType of SIGNED) {
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
