/**
 * The Authenticode hash of a PE image.
 *
 * Specification: PE Format, Appendix A: the image without CheckSum, without
 * the Certificate Table entry of the directories and without the certificate
 * table. Taken here over the file in its own order, as signing tools do; it is
 * the hash of the specification for every image whose sections lie in order
 * and without gaps. For others it does not agree, which is the safe side.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readPeSignature } from "../format/pe_signature.ts";
import { type LimitName, LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";

const CHUNK_BYTES = 1 << 20;

/** Where the parts lie that the hash leaves out. */
export interface AuthenticodeParts {
  /** Offset of CheckSum, four bytes. */
  readonly checksum: number;
  /** Offset of the Certificate Table entry, eight bytes. */
  readonly entry: number;
  /** Offset of the certificate table, or the size of an unsigned file. */
  readonly end: number;
  /** Hashes of this image by algorithm, so that each is computed once. */
  readonly known: Map<string, string>;
}

/** The hash, in hexadecimal, by an algorithm that `node:crypto` knows. */
export function authenticodeDigest(
  reader: Reader,
  algorithm: string,
  parts: AuthenticodeParts,
): string {
  const known = parts.known.get(algorithm);
  if (known !== undefined) return known;
  const hash = createHash(algorithm);
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += CHUNK_BYTES) {
      hash.update(reader.read(at, Math.min(CHUNK_BYTES, to - at)));
    }
  };
  add(0, parts.checksum);
  add(parts.checksum + 4, parts.entry);
  add(parts.entry + 8, parts.end);
  const digest = hash.digest("hex");
  parts.known.set(algorithm, digest);
  return digest;
}

/** A signature held against the image around it. */
export interface CheckedSignature {
  /** Whether it covers exactly the bytes of this image. */
  readonly agrees: boolean;
  /** Signer as the certificate names it; untrusted text, or null. */
  readonly signer: string | null;
  /** Digest algorithm, or null when the signature cannot be read. */
  readonly algorithm: string | null;
}

/**
 * Holds the PKCS #7 signature in `[offset, offset + length)` against the
 * image; what follows it there may only be the zeros of its alignment. One
 * that is too long is not read, and the limit is the answer.
 */
export function checkSignature(
  reader: Reader,
  range: readonly [offset: number, length: number],
  parts: AuthenticodeParts,
): CheckedSignature | LimitName {
  const unread = { agrees: false, signer: null, algorithm: null };
  const [offset, length] = range;
  if (length > LIMITS.peSignatureBytesMax) return "peSignatureBytesMax";
  const bytes = reader.read(offset, length).slice();
  const signature = readPeSignature(bytes);
  if (signature === null) return unread;
  const { algorithm, signer, imageDigest } = signature;
  const padding = bytes.subarray(signature.length);
  const agrees = padding.length < 8 && padding.every((byte) => byte === 0) &&
    authenticodeDigest(reader, algorithm, parts) === imageDigest;
  return { agrees, signer, algorithm };
}
