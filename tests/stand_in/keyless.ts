/**
 * Signing and verifying against the stand-in, for the tests of keyless bundles.
 *
 * @module
 */

import type {
  KeylessSigner,
  SigningServices,
} from "../../release/sign/keyless.ts";
import type { IdentityTrust } from "../../verify/attest/options.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import { parseTrustedRoot } from "../../verify/attest/trusted_root.ts";
import {
  type VerifiedBundle,
  verifyBundle,
} from "../../verify/attest/verify_bundle.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { ARTIFACT } from "../verify/attest/keyed_bundle.ts";
import {
  IDENTITY,
  identityToken,
  ISSUER,
  type SigstoreStandIn,
} from "./sigstore.ts";

/** Who may witness a signature. */
export type Witness = "rekor1" | "rekor2" | "tsa" | "tsa2";

/** Addresses of the witnesses that are asked for. */
export function servicesOf(
  standIn: SigstoreStandIn,
  witnesses: readonly Witness[],
): SigningServices {
  return {
    fulcio: standIn.url("fulcio"),
    logs: witnesses.filter((name) => name.startsWith("rekor")).map((name) => ({
      url: standIn.url(name),
      version: name === "rekor1" ? 1 as const : 2 as const,
    })),
    timestampAuthorities: witnesses.filter((name) => name.startsWith("tsa"))
      .map((name) => `${standIn.url(name)}/`),
  };
}

/** Trust in the identity of the tests. */
export function trustIn(
  standIn: SigstoreStandIn,
  changes: Partial<IdentityTrust> = {},
): IdentityTrust {
  return {
    kind: "identity",
    identity: IDENTITY,
    issuer: ISSUER,
    ...changes,
    root: changes.root ??
      parseTrustedRoot(standIn.trustedRoot(), "trusted_root.json"),
  };
}

/** A signer with the identity of the tests, which never waits. */
export function signerOf(
  standIn: SigstoreStandIn,
  witnesses: readonly Witness[],
  changes: Partial<KeylessSigner> = {},
): KeylessSigner {
  return {
    services: servicesOf(standIn, witnesses),
    identityToken: identityToken(),
    trust: trustIn(standIn),
    now: standIn.now,
    wait: () => Promise.resolve(),
    ...changes,
  };
}

/** Verifies a bundle about {@linkcode ARTIFACT}. */
export function verified(
  standIn: SigstoreStandIn,
  bundle: Uint8Array,
  options: { trust?: Partial<IdentityTrust>; now?: Date } = {},
): VerifiedBundle {
  return verifyBundle(bundle, {
    name: "a.sigstore.json",
    trust: trustIn(standIn, options.trust),
    expect: {
      kind: "artifact",
      artifact: new MemoryReader(ARTIFACT),
      predicateTypes: [PREDICATE_TYPE.provenance],
    },
    now: options.now ?? standIn.now,
  });
}
