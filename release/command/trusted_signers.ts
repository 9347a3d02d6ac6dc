/**
 * Whom a caller trusts, by flags or by a policy of its own. Trust comes from
 * the caller alone, never from the release.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { UsageError } from "../../verify/error.ts";
import type { Arguments, Flag } from "../cli/command.ts";
import { policySigners, readTrustedRoot } from "../signer_trust.ts";
import type { ReleaseSigner } from "../verification/trust.ts";

/** Flags that say whom to trust. */
export const TRUST_FLAGS: readonly Flag[] = [
  {
    name: "key",
    value: "FILE",
    help: "Trusted public key",
    repeatable: true,
  },
  {
    name: "policy",
    value: "FILE",
    help: "Your own policy: whom it trusts is trusted, and it decides as well",
  },
  {
    name: "trusted-root",
    value: "FILE",
    repeatable: true,
    help: "Trusted authorities and logs, found by the digest in the policy",
  },
  {
    name: "identity",
    value: "ID",
    help: "Trusted identity in a certificate, to the letter",
  },
  {
    name: "issuer",
    value: "URL",
    help: "OIDC issuer of that identity, to the letter",
  },
];

/**
 * The signers that flags and policy name.
 *
 * @throws {UsageError} `trust-missing` when they name nobody.
 */
export function trustedSigners(
  args: Arguments,
  policy: Policy | null,
): ReleaseSigner[] {
  const roots = args.values("trusted-root");
  const signers = [
    ...(policy === null ? [] : policySigners(policy, {
      policyPath: args.value("policy") ?? "",
      roots,
    })),
    ...args.values("key").map((path): ReleaseSigner => ({
      kind: "key",
      id: path,
      key: loadPublicKey(path),
    })),
    ...namedIdentity(args, roots),
  ];
  if (signers.length === 0) {
    throw new UsageError("trust-missing", "Verifying a release", {
      expected:
        '"--key FILE", "--trusted-root" with "--identity" and "--issuer", or a policy that trusts somebody',
      observed: "neither",
    });
  }
  return signers;
}

/** The identity that flags name; all three parts, or none. */
function namedIdentity(
  args: Arguments,
  roots: readonly string[],
): ReleaseSigner[] {
  const [identity, issuer] = [args.value("identity"), args.value("issuer")];
  if (identity === undefined && issuer === undefined) return [];
  const [path, ...others] = roots;
  if (
    identity === undefined || issuer === undefined || path === undefined ||
    others.length > 0
  ) {
    throw new UsageError("trust-missing", "Verifying a release", {
      expected: '"--identity", "--issuer" and one "--trusted-root" together',
      observed: "not all of them",
    });
  }
  const root = readTrustedRoot(path);
  return [{
    kind: "identity",
    id: identity,
    trust: { kind: "identity", root, identity, issuer },
  }];
}
