/**
 * Public keys in the metadata of a managed image, and the check of an RSA
 * signature by one.
 *
 * Specification: ECMA-335 6th edition II.23.2 (length in front of a blob),
 * II.22.2 (Assembly table, column PublicKey); the blob holds an algorithm, a
 * hash algorithm, a length and a PUBLICKEYBLOB with RSAPUBKEY of wincrypt.h,
 * all little-endian. Signature: RFC 8017 section 8.2 (RSASSA-PKCS1-v1_5).
 *
 * The row of the Assembly table is not looked up: a key anywhere in the blob
 * heap is good enough to tell that a signature follows from the image, since
 * the heap itself is content.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";

/** A key with the hash algorithm that goes with it. */
export interface PublicKey {
  /** Name for `node:crypto`. */
  readonly hash: "sha1" | "sha256" | "sha384" | "sha512";
  /** Modulus of the RSA key. */
  readonly modulus: bigint;
  /** Public exponent, 32 bits. */
  readonly exponent: number;
  /** Length of the modulus, and of a signature, in bytes. */
  readonly length: number;
}

const HEADER_BYTES = 32;
const RSA_SIGN = 0x2400;
const RSA1 = 0x31415352;

const HASHES: ReadonlyMap<number, PublicKey["hash"]> = new Map([
  [0x8004, "sha1"],
  [0x800c, "sha256"],
  [0x800d, "sha384"],
  [0x800e, "sha512"],
]);

/** DigestInfo in front of the hash (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO = {
  sha1: "3021300906052b0e03021a05000414",
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
} as const;

/**
 * The public keys among the blobs of a heap; past the limit one more, which
 * tells that it was reached.
 */
export function publicKeysIn(heap: Uint8Array): PublicKey[] {
  const keys: PublicKey[] = [];
  const view = new DataView(heap.buffer, heap.byteOffset, heap.length);
  // Each takes a byte at least, and the heap is bounded.
  for (let at = 0; at < heap.length;) {
    const first = heap[at] as number;
    const width = first < 0x80 ? 1 : first < 0xc0 ? 2 : 4;
    if (at + width > heap.length) break;
    const length = width === 1
      ? first
      : width === 2
      ? view.getUint16(at) & 0x3fff
      : view.getUint32(at) & 0x1fffffff;
    at += width;
    if (at + length > heap.length) break;
    const key = publicKeyOf(heap.subarray(at, at + length));
    if (key !== null) keys.push(key);
    if (keys.length > LIMITS.dotnetPublicKeysMax) break;
    at += length;
  }
  return keys;
}

function publicKeyOf(blob: Uint8Array): PublicKey | null {
  if (blob.length <= HEADER_BYTES) return null;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  const word = (offset: number) => view.getUint32(offset, true);
  const hash = HASHES.get(word(4));
  const length = word(24) / 8;
  if (
    word(0) !== RSA_SIGN || hash === undefined || word(20) !== RSA1 ||
    length < 64 || length > 1024 || blob.length !== HEADER_BYTES + length
  ) return null;
  return {
    hash,
    modulus: littleEndian(blob.subarray(HEADER_BYTES)),
    exponent: word(28),
    length,
  };
}

/** Whether a little-endian signature is one of `digest` by this key. */
export function signatureHolds(
  key: PublicKey,
  signature: Uint8Array,
  digest: string,
): boolean {
  if (signature.length !== key.length || key.modulus < 3n) return false;
  const info = `${DIGEST_INFO[key.hash]}${digest}`;
  const padding = key.length - 3 - info.length / 2;
  if (padding < 8) return false;
  const expected = BigInt(`0x0001${"ff".repeat(padding)}00${info}`);
  return power(littleEndian(signature), key.exponent, key.modulus) === expected;
}

function littleEndian(bytes: Uint8Array): bigint {
  const digits = Array.from(
    bytes,
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return BigInt(`0x${digits.reverse().join("")}`);
}

/** Square and multiply; the exponent has at most 32 bits. */
function power(base: bigint, exponent: number, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}
