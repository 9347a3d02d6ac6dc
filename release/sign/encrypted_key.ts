/**
 * A private key behind a passphrase: PKCS#8 EncryptedPrivateKeyInfo
 * (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2), PBKDF2 with
 * HMAC-SHA-256 and AES-256-CBC, as OpenSSL reads it. The library's own
 * export would use 2048 rounds of PBKDF2, which one machine tries by the
 * hundred thousand a second; this one uses 600 000.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

const ROUNDS = 600_000;

const OID = {
  pbes2: "06092a864886f70d01050d",
  pbkdf2: "06092a864886f70d01050c",
  hmacWithSha256: "06082a864886f70d0209",
  aes256Cbc: "060960864801650304012a",
} as const;

/**
 * Encrypts a private key.
 *
 * @param pkcs8 PrivateKeyInfo, DER.
 * @returns One `ENCRYPTED PRIVATE KEY` block, PEM.
 */
export function encryptPrivateKey(
  pkcs8: Uint8Array,
  passphrase: string,
): string {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(passphrase, salt, ROUNDS, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const encrypted = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  const derivation = sequence(
    oid("pbkdf2"),
    sequence(
      octets(salt),
      integer(ROUNDS),
      sequence(oid("hmacWithSha256"), Buffer.from([0x05, 0x00])),
    ),
  );
  const scheme = sequence(oid("aes256Cbc"), octets(iv));
  const document = sequence(
    sequence(oid("pbes2"), sequence(derivation, scheme)),
    octets(encrypted),
  );
  return pemBlock("ENCRYPTED PRIVATE KEY", document);
}

/** One PEM block (RFC 7468): 64 characters to the line. */
export function pemBlock(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}

// The few DER types that the structure needs (X.690 section 8).

function oid(name: keyof typeof OID): Buffer {
  return Buffer.from(OID[name], "hex");
}

function octets(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

/** A positive integer; a leading zero keeps the sign bit clear. */
function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const negative = (bytes[0] ?? 0) >= 0x80;
  return element(0x02, negative ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function element(tag: number, content: Uint8Array): Buffer {
  const size = content.length;
  const head = size < 0x80
    ? [tag, size]
    : size < 0x100
    ? [tag, 0x81, size]
    : [tag, 0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
