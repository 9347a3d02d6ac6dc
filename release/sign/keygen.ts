/**
 * A new P-256 key pair in two files: the private key as PKCS#8 PEM, readable
 * by its owner alone, and the public key as SubjectPublicKeyInfo PEM. Neither
 * file ever replaces another, and neither is ever half-written. When the second
 * cannot be placed the first is taken back.
 *
 * @module
 */

import { generateKeyPairSync } from "node:crypto";
import { UsageError } from "../../verify/error.ts";
import { describeKey, type PublicKey } from "../../verify/attest/public_key.ts";
import { writeNew } from "../write_new.ts";
import { encryptPrivateKey, pemBlock } from "./encrypted_key.ts";

/** How a key pair is written. */
export interface KeyPairOptions {
  /** Encrypts the private key; without one it is stored in the clear. */
  readonly passphrase?: string;
}

/** Shortest passphrase accepted, in characters. */
export const PASSPHRASE_LENGTH_MIN = 8;

/**
 * Makes a key pair and writes it.
 *
 * @returns The public key.
 * @throws {UsageError} `output-exists`, `output-not-writable`,
 * `passphrase-too-short`.
 */
export function writeKeyPair(
  privatePath: string,
  publicPath: string,
  options: KeyPairOptions = {},
): PublicKey {
  const { passphrase } = options;
  if (
    passphrase !== undefined && passphrase.length < PASSPHRASE_LENGTH_MIN
  ) {
    throw new UsageError("passphrase-too-short", "Making a key pair", {
      expected: `at least ${PASSPHRASE_LENGTH_MIN} characters`,
      observed: String(passphrase.length),
    });
  }
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pkcs8 = new Uint8Array(
    pair.privateKey.export({ type: "pkcs8", format: "der" }),
  );
  const key = describeKey(pair.publicKey, "the new key");
  const privatePem = passphrase === undefined
    ? pemBlock("PRIVATE KEY", pkcs8)
    : encryptPrivateKey(pkcs8, passphrase);
  writeNew(privatePath, privatePem, 0o600);
  try {
    writeNew(publicPath, pemBlock("PUBLIC KEY", key.spki));
  } catch (error) {
    Deno.removeSync(privatePath);
    throw error;
  }
  return key;
}
