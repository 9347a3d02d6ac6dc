/**
 * Who may supply a target, by a policy: signers whose scope says so. Others
 * that the policy knows are told apart from strangers, so that a refusal can
 * say why.
 *
 * @module
 */

import type { Policy } from "../../policy/policy.ts";
import { maySupply } from "../../policy/supply.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { ReproofError } from "../../verify/error.ts";
import { policySigners, type TrustFiles } from "../signer_trust.ts";
import type { ReleaseSigner } from "../verification/trust.ts";

/** Signers of a policy as far as supplying goes. */
export interface SupplierTrust {
  /** May supply the targets of their scope. */
  readonly suppliers: readonly ReleaseSigner[];
  /** Known by a key, and may not. */
  readonly others: readonly ReleaseSigner[];
  /** Why some signers cannot be believed now, such as a root not at hand. */
  readonly problems: readonly string[];
}

/** Reads the signers of a policy. */
export function supplierTrust(
  { trust, quorum }: Pick<Policy, "trust" | "quorum">,
  files: TrustFiles,
): SupplierTrust {
  const suppliers: ReleaseSigner[] = [];
  const problems: string[] = [];
  const parts: Policy["trust"][] = [
    ...trust.keys.filter(({ scope }) => maySupply(scope))
      .map((key) => ({ keys: [key], roots: [] })),
    ...trust.roots.map((root) => ({
      keys: [],
      roots: [{
        ...root,
        identities: root.identities.filter(({ scope }) => maySupply(scope)),
      }],
    })).filter(({ roots: [root] }) => root?.identities.length !== 0),
  ];
  for (const part of parts) {
    try {
      suppliers.push(...policySigners({ trust: part }, files));
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      problems.push(error.message);
    }
  }
  const others = [...trust.keys, ...quorum?.rebuilders ?? []].flatMap((
    { id, publicKey },
  ): ReleaseSigner[] => {
    if (publicKey === undefined) return [];
    try {
      return [{ kind: "key", id, key: loadPublicKey(publicKey) }];
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      return [];
    }
  });
  return { suppliers, others, problems };
}
