/**
 * Public keys that may vouch for a release: P-256, or Ed25519 for statements
 * alone (a Sigstore message signature has no Ed25519 form that verifiers
 * agree on). The file is one PEM block, SubjectPublicKeyInfo (RFC 7468
 * section 13). The mistakes that people make get their own message: a
 * private key, a certificate, another curve, a file that is no key.
 *
 * @module
 */

import { createPublicKey, type KeyObject } from "node:crypto";
import { ReproofError, UsageError } from "../error.ts";
import { sha256 } from "../digest.ts";
import { encodeBase64, isCanonicalBase64 } from "./base64.ts";

/** A public key with the names it goes by. */
export interface PublicKey {
  /** What it signs with. */
  readonly algorithm: "p256" | "ed25519";
  /** The key for `node:crypto`. */
  readonly object: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** SHA-256 of the SubjectPublicKeyInfo, hexadecimal. */
  readonly sha256: string;
  /** The same in base64: `publicKey.hint` of a Sigstore bundle. */
  readonly hint: string;
}

const KEY_BYTES_MAX = 16 << 10;

const BLOCK =
  /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/;

/**
 * Loads a public key.
 *
 * @param source Path of a PEM file, or the PEM text itself.
 * @throws {UsageError} `public-key-invalid`, `file-not-readable`.
 */
export function loadPublicKey(source: string): PublicKey {
  const isText = source.includes("-----BEGIN ");
  const what = isText ? "the public key" : `"${source}"`;
  const pem = isText ? source : readKeyFile(source);
  const body = BLOCK.exec(pem)?.[1]?.replace(/[\r\n]/g, "");
  if (body === undefined || !isCanonicalBase64(body)) {
    throw invalid(what, describePem(pem));
  }
  let object: KeyObject;
  try {
    object = createPublicKey({ key: pem, format: "pem" });
  } catch (cause) {
    throw invalid(what, "a PUBLIC KEY block that does not decode", cause);
  }
  return describeKey(object, what);
}

/**
 * Gives a key its names.
 *
 * @throws {UsageError} `public-key-invalid` for another kind or curve.
 */
export function describeKey(object: KeyObject, what: string): PublicKey {
  const algorithm = keyAlgorithm(object);
  if (algorithm === undefined) {
    const curve = object.asymmetricKeyDetails?.namedCurve;
    throw invalid(
      what,
      `a key of type ${object.asymmetricKeyType}${
        curve === undefined ? "" : ` on curve ${curve}`
      }`,
    );
  }
  const spki = new Uint8Array(object.export({ type: "spki", format: "der" }));
  const digest = sha256(spki);
  return {
    algorithm,
    object,
    spki,
    sha256: digest,
    hint: encodeBase64(Uint8Array.fromHex(digest)),
  };
}

/** The algorithm of a key, or undefined for one that we do not use. */
export function keyAlgorithm(
  object: KeyObject,
): PublicKey["algorithm"] | undefined {
  if (object.asymmetricKeyType === "ed25519") return "ed25519";
  const curve = object.asymmetricKeyDetails?.namedCurve;
  return object.asymmetricKeyType === "ec" && curve === "prime256v1"
    ? "p256"
    : undefined;
}

function readKeyFile(path: string): string {
  try {
    const info = Deno.statSync(path);
    if (!info.isFile || info.size > KEY_BYTES_MAX) {
      throw invalid(
        `"${path}"`,
        info.isFile ? `${info.size} bytes` : "something that is not a file",
      );
    }
    return Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof ReproofError) throw cause;
    throw new UsageError("file-not-readable", `Opening "${path}"`, {
      expected: "a readable public key",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

function describePem(text: string): string {
  if (/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text)) {
    return "a private key; give the .pub file beside it, and keep this one secret";
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return "a certificate";
  if (text.includes("-----BEGIN RSA PUBLIC KEY-----")) return "an RSA key";
  if (text.split("-----BEGIN ").length > 2) return "more than one PEM block";
  if (text.includes("-----BEGIN PUBLIC KEY-----")) {
    return "a PUBLIC KEY block that does not decode";
  }
  return "no PEM block";
}

function invalid(what: string, observed: string, cause?: unknown) {
  return new UsageError("public-key-invalid", `Reading ${what}`, {
    expected: "one PUBLIC KEY block in PEM, P-256 or Ed25519",
    observed,
    ...(cause === undefined ? {} : { cause }),
  });
}
