/**
 * Keys, statements and bundles for the tests of the signature layer.
 *
 * @module
 */

import { generateKeyPairSync } from "node:crypto";
import { signBlob, signStatement } from "../../../release/sign/sign.ts";
import type { SigningKey } from "../../../release/sign/signing_key.ts";
import type { VerifyBundleOptions } from "../../../verify/attest/options.ts";
import { describeKey } from "../../../verify/attest/public_key.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
} from "../../../verify/attest/statement.ts";
import {
  type VerifiedBundle,
  verifyBundle,
} from "../../../verify/attest/verify_bundle.ts";
import { sha256 } from "../../../verify/digest.ts";
import { MemoryReader } from "../../../verify/reader.ts";

/** Bytes of text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A new key pair in memory. */
export function newKey(kind: "p256" | "ed25519" = "p256"): SigningKey {
  const pair = kind === "p256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" })
    : generateKeyPairSync("ed25519");
  return {
    privateKey: pair.privateKey,
    publicKey: describeKey(pair.publicKey, "a test key"),
  };
}

/** What is signed in these tests. */
export const ARTIFACT = bytesOf("the artifact\n");

/** The subject of the statement in these tests. */
export const SUBJECT = {
  name: "relay",
  digest: { sha256: sha256(ARTIFACT) },
};

/** A statement about {@linkcode ARTIFACT}. */
export const STATEMENT = makeStatement([SUBJECT], PREDICATE_TYPE.provenance, {
  predicate: { verdict: "identical" },
});

/** The key of these tests, and one that nobody trusts. */
export const KEY = newKey();
/** A key that nobody trusts. */
export const STRANGER = newKey();

/** Options that accept what {@linkcode KEY} signed of {@linkcode ARTIFACT}. */
export function trusting(
  key: SigningKey = KEY,
  changes: Partial<VerifyBundleOptions> = {},
): VerifyBundleOptions {
  return {
    name: "a.sigstore.json",
    trust: { kind: "keys", keys: [{ id: "key", key: key.publicKey }] },
    expect: {
      kind: "artifact",
      artifact: new MemoryReader(ARTIFACT),
      predicateTypes: [PREDICATE_TYPE.provenance],
    },
    now: new Date("2026-01-31T12:00:00Z"),
    ...changes,
  };
}

/** A statement bundle and a message bundle by {@linkcode KEY}. */
export const DSSE_BUNDLE = await signStatement(STATEMENT, KEY);
/** A message bundle by {@linkcode KEY}. */
export const BLOB_BUNDLE = await signBlob(ARTIFACT, KEY);

/** Names and codes of the checks that failed. */
export function failures(result: VerifiedBundle): string[] {
  return result.checks.filter((check) => check.status === "fail")
    .map((check) => `${check.id.split("/")[1]} ${check.code}`);
}

/** Verifies a document after a change to its parsed form. */
export function verifyChanged(
  bundle: Uint8Array,
  // deno-lint-ignore no-explicit-any
  change: (document: any) => void,
  options: VerifyBundleOptions = trusting(),
): VerifiedBundle {
  const document = JSON.parse(new TextDecoder().decode(bundle));
  change(document);
  return verifyBundle(
    bytesOf(JSON.stringify(document, null, 2) + "\n"),
    options,
  );
}
