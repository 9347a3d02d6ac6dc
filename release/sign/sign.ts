/**
 * Signs statements and files into Sigstore bundles v0.3 through the bundle
 * builders of `@sigstore/sign`. Every bundle is verified by our own verifier
 * before it is given out, and has one spelling (see `canonical_json.ts`); only
 * the ECDSA signature itself differs from one signing to the next.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { sign as signBytes } from "node:crypto";
import { type Bundle, BUNDLE_V03_MEDIA_TYPE } from "@sigstore/bundle";
import {
  DSSEBundleBuilder,
  MessageSignatureBundleBuilder,
  type Signer,
} from "@sigstore/sign";
import { bundleText } from "../../verify/attest/bundle_text.ts";
import type { VerifyBundleOptions } from "../../verify/attest/options.ts";
import {
  serializeStatement,
  type Statement,
  STATEMENT_PAYLOAD_TYPE,
} from "../../verify/attest/statement.ts";
import { ReproofError } from "../../verify/error.ts";
import { MemoryReader } from "../../verify/reader.ts";
import type { SigningKey } from "./signing_key.ts";
import { verifyOwn } from "./verify_own.ts";

/**
 * Signs a statement (DSSE).
 *
 * @returns The bundle, canonical JSON with a line feed at the end.
 * @throws {ReproofError} `signing-failed` when our verifier refuses it,
 * `statement-invalid` when the statement is not one we would accept.
 */
export async function signStatement(
  statement: Statement,
  key: SigningKey,
): Promise<Uint8Array> {
  const builder = new DSSEBundleBuilder({
    signer: keySigner(key),
    witnesses: [],
  });
  const bundle = await builder.create({
    type: STATEMENT_PAYLOAD_TYPE,
    data: Buffer.from(serializeStatement(statement)),
  });
  return finish(bundle, key, {
    kind: "statement",
    predicateTypes: [statement.predicateType],
    subjects: statement.subject,
    rule: "exactly",
  });
}

/**
 * Signs the bytes of a file (message signature over SHA-256).
 *
 * @returns The bundle, canonical JSON with a line feed at the end.
 * @throws {ReproofError} `signing-failed` when our verifier refuses it, or for
 * a key that has no message signature.
 */
export async function signBlob(
  bytes: Uint8Array,
  key: SigningKey,
): Promise<Uint8Array> {
  if (key.publicKey.algorithm !== "p256") {
    throw new ReproofError("signing-failed", "Signing a file", {
      expected: "a P-256 key",
      observed: "an Ed25519 key, which signs statements alone",
      next: "Make a key with reproof keygen.",
    });
  }
  const builder = new MessageSignatureBundleBuilder({
    signer: keySigner(key),
    witnesses: [],
  });
  const bundle = await builder.create({ data: Buffer.from(bytes) });
  // The builder labels a message bundle v0.2; with a bare key it has the very
  // members of v0.3.
  return finish({ ...bundle, mediaType: BUNDLE_V03_MEDIA_TYPE }, key, {
    kind: "blob",
    artifact: new MemoryReader(bytes),
  });
}

function keySigner({ privateKey, publicKey }: SigningKey): Signer {
  const digest = publicKey.algorithm === "ed25519" ? null : "sha256";
  return {
    sign: (data) =>
      Promise.resolve({
        signature: signBytes(digest, data, privateKey),
        key: {
          $case: "publicKey",
          publicKey: publicKey.object.export({ type: "spki", format: "pem" })
            .toString(),
          hint: publicKey.hint,
        },
      }),
  };
}

/** Writes the bundle in its one spelling and verifies what was written. */
function finish(
  bundle: Bundle,
  { publicKey }: SigningKey,
  expect: VerifyBundleOptions["expect"],
): Uint8Array {
  const bytes = new TextEncoder().encode(
    bundleText(bundle),
  );
  return verifyOwn(bytes, {
    trust: { kind: "keys", keys: [{ id: "the signing key", key: publicKey }] },
    expect,
    // The key has no validity here; the time plays no part.
    now: new Date(0),
  });
}
