/**
 * A new P-256 key pair in two files: the private key as PKCS#8 PEM, readable
 * by its owner alone, and the public key as SubjectPublicKeyInfo PEM. Neither
 * file ever replaces another: each is written whole under a temporary name in
 * the same directory and then linked to its own, and a link fails when the
 * name is taken. When the second cannot be placed the first is taken back.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { basename, dirname, join } from "@std/path";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { describeKey, type PublicKey } from "../../verify/attest/public_key.ts";
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
 * @throws {UsageError} `key-exists`, `passphrase-too-short`.
 * @throws {ReproofError} `key-not-writable`.
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
  for (const path of [privatePath, publicPath]) refuseExisting(path);
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pkcs8 = new Uint8Array(
    pair.privateKey.export({ type: "pkcs8", format: "der" }),
  );
  const key = describeKey(pair.publicKey, "the new key");
  const privatePem = passphrase === undefined
    ? pemBlock("PRIVATE KEY", pkcs8)
    : encryptPrivateKey(pkcs8, passphrase);
  placeNew(privatePath, privatePem, 0o600);
  try {
    placeNew(publicPath, pemBlock("PUBLIC KEY", Buffer.from(key.spki)), 0o644);
  } catch (error) {
    Deno.removeSync(privatePath);
    throw error;
  }
  return key;
}

function refuseExisting(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw notWritable(path, error);
  }
  throw exists(path);
}

/** Writes a whole file under a name that was free, or leaves nothing. */
function placeNew(path: string, text: string, mode: number): void {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${randomUUID()}.tmp`,
  );
  try {
    Deno.writeTextFileSync(temporary, text, { createNew: true, mode });
    Deno.linkSync(temporary, path);
  } catch (error) {
    throw error instanceof Deno.errors.AlreadyExists
      ? exists(path)
      : notWritable(path, error);
  } finally {
    removeIfThere(temporary);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function exists(path: string): UsageError {
  return new UsageError("key-exists", `Writing "${path}"`, {
    expected: "a name that is not taken",
    observed: "a file of that name",
  });
}

function notWritable(path: string, cause: unknown): ReproofError {
  return new ReproofError("key-not-writable", `Writing "${path}"`, {
    expected: "a directory that can be written to",
    observed: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
