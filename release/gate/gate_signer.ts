/**
 * Who signs a release: a key, or an identity of the CI system. The gate sees
 * one interface; what differs is where the signature comes from and by which
 * trust and clock it is verified before anything gets its name.
 *
 * @module
 */

import type { IdentityTrust, KeyTrust } from "../../verify/attest/options.ts";
import type { Statement } from "../../verify/attest/statement.ts";
import { UsageError } from "../../verify/error.ts";
import {
  type KeylessSigner,
  signBlobKeyless,
  signStatementKeyless,
} from "../sign/keyless.ts";
import { signBlob, signStatement } from "../sign/sign.ts";
import type { SigningKey } from "../sign/signing_key.ts";

/** Signs what a gate writes. */
export interface GateSigner {
  /** What its signatures verify against, and nothing else. */
  readonly trust: KeyTrust | IdentityTrust;
  /** Signs a statement into a bundle. */
  statement(statement: Statement): Promise<Uint8Array>;
  /** Signs the bytes of a file into a bundle. */
  blob(bytes: Uint8Array): Promise<Uint8Array>;
  /** The time at which its signatures can be verified, given the gate's. */
  verifiedAt(now: Date): Date;
}

/**
 * Signs with a private key.
 *
 * @throws {UsageError} `signing-key-invalid` for a key that cannot sign the
 * checksum list; better now than after the builds.
 */
export function keyGateSigner(key: SigningKey): GateSigner {
  if (key.publicKey.algorithm !== "p256") {
    throw new UsageError("signing-key-invalid", "Reading the signing key", {
      expected: "a P-256 key, which signs files and statements",
      observed: `a key of type ${key.publicKey.algorithm}`,
    });
  }
  return {
    trust: {
      kind: "keys",
      keys: [{ id: "signing key", key: key.publicKey }],
    },
    statement: (statement) => signStatement(statement, key),
    blob: (bytes) => signBlob(bytes, key),
    verifiedAt: (now) => now,
  };
}

/** What a keyless signer takes; the token is read when it is needed. */
export type KeylessGateOptions =
  & Omit<KeylessSigner, "now" | "identityToken">
  & {
    /** Reads the identity token; builds may outlive one that was read before. */
    token(): Promise<string>;
    /** The clock. Witnesses sign after the builds, later than the gate's now. */
    clock(): Date;
  };

/** Signs as an identity that a certificate authority vouches for. */
export function keylessGateSigner(options: KeylessGateOptions): GateSigner {
  const { token, clock, ...rest } = options;
  let identityToken: Promise<string> | undefined;
  const signer = async (): Promise<KeylessSigner> => {
    identityToken ??= token();
    return { ...rest, identityToken: await identityToken, now: clock() };
  };
  return {
    trust: rest.trust,
    statement: async (statement) =>
      signStatementKeyless(statement, await signer()),
    blob: async (bytes) => signBlobKeyless(bytes, await signer()),
    verifiedAt: clock,
  };
}
