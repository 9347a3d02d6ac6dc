/**
 * A private key that signs: P-256, or Ed25519 for statements alone. A file
 * that group or others can read is refused on POSIX systems, because nobody
 * can say any more whose signature it makes.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { UsageError } from "../../verify/error.ts";
import {
  describeKey,
  keyAlgorithm,
  type PublicKey,
} from "../../verify/attest/public_key.ts";

/** A private key with its public half. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

const KEY_BYTES_MAX = 16 << 10;

/**
 * Loads a private key from a PEM file.
 *
 * @param passphrase Needed for an encrypted key, ignored for another.
 * @throws {UsageError} `signing-key-unreadable`, `signing-key-exposed`,
 * `signing-key-invalid`, `passphrase-wrong`.
 */
export function loadSigningKey(path: string, passphrase?: string): SigningKey {
  const pem = readPrivate(path);
  if (/-----BEGIN PUBLIC KEY-----/.test(pem)) {
    throw invalid(path, "a public key");
  }
  const encrypted = pem.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----");
  if (!encrypted && !pem.includes("-----BEGIN PRIVATE KEY-----")) {
    const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1];
    throw invalid(path, label === undefined ? "no PEM block" : `"${label}"`);
  }
  if (encrypted && passphrase === undefined) {
    throw new UsageError("passphrase-wrong", `Opening the key "${path}"`, {
      expected: "its passphrase",
      observed: "none",
      next: "Name the environment variable that holds it.",
    });
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({
      // Secrets of CI systems gain blank lines, which the decoder refuses.
      key: pem.trim(),
      format: "pem",
      ...(encrypted && passphrase !== undefined ? { passphrase } : {}),
    });
  } catch (cause) {
    if (!encrypted) {
      throw invalid(path, "a PRIVATE KEY block that does not decode", cause);
    }
    throw new UsageError("passphrase-wrong", `Opening the key "${path}"`, {
      expected: "the passphrase of the key",
      observed: "one that does not open it",
      cause,
    });
  }
  if (keyAlgorithm(privateKey) === undefined) {
    const curve = privateKey.asymmetricKeyDetails?.namedCurve;
    throw invalid(path, `${privateKey.asymmetricKeyType} ${curve ?? ""}`);
  }
  return {
    privateKey,
    publicKey: describeKey(createPublicKey(privateKey), `"${path}"`),
  };
}

/** Reads through one handle, so that the mode checked is that of the bytes. */
function readPrivate(path: string): string {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (cause) {
    throw new UsageError("signing-key-unreadable", `Opening "${path}"`, {
      expected: "a readable private key",
      observed: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  using handle = file;
  const info = handle.statSync();
  if (!info.isFile || info.size > KEY_BYTES_MAX) {
    throw invalid(path, info.isFile ? `${info.size} bytes` : "no regular file");
  }
  if (Deno.build.os !== "windows" && ((info.mode ?? 0) & 0o077) !== 0) {
    throw new UsageError("signing-key-exposed", `Opening "${path}"`, {
      expected: "a private key that its owner alone can read",
      observed: `mode ${((info.mode ?? 0) & 0o777).toString(8)}`,
      next: `Run chmod 600 "${path}", and make a new key if others had access.`,
    });
  }
  const bytes = new Uint8Array(info.size);
  let length = 0;
  while (length < bytes.length) {
    const count = handle.readSync(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

function invalid(path: string, observed: string, cause?: unknown): UsageError {
  return new UsageError("signing-key-invalid", `Reading "${path}"`, {
    expected: "one PRIVATE KEY block in PEM (PKCS#8), P-256 or Ed25519",
    observed: observed.trim(),
    ...(cause === undefined ? {} : { cause }),
  });
}
