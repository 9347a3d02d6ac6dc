/**
 * Deno 2.9 throws "no default digest" where Node and OpenSSL take SHA-256:
 * `verify(undefined, …)` of `node:crypto` on an EC or RSA key. The sigstore
 * libraries call it that way for log promises, checkpoints and DSSE
 * signatures, catch the error and report a bad signature, so that good
 * bundles would be refused. This file, imported before `@sigstore/verify`,
 * supplies the digest on the one module object that they call through. It
 * decides nothing: an algorithm that is given stays, and other key types pass
 * untouched. Nothing else in the program may patch a module, and a test fails
 * on the day Deno behaves like Node.
 *
 * @module
 */

import crypto, { type KeyObject } from "node:crypto";

type Verify = (
  algorithm: string | null | undefined,
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
) => boolean;

/** The module object as the sigstore libraries see it. */
const shared = crypto as unknown as { verify: Verify };

/** What Deno itself does, kept for the test that watches it. */
export const denoVerify: Verify = shared.verify;

shared.verify = (algorithm, data, key, signature) =>
  denoVerify(algorithm ?? defaultDigest(key), data, key, signature);

function defaultDigest(key: KeyObject): string | null | undefined {
  const type = key?.asymmetricKeyType;
  return type === "ec" || type === "rsa" ? "sha256" : undefined;
}
