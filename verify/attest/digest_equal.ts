/**
 * Equality of hexadecimal digests without a data-dependent exit. Nothing here
 * is secret; one way of comparing everywhere leaves no place to get it wrong.
 *
 * @module
 */

import { timingSafeEqual } from "@std/crypto/timing-safe-equal";

const SHA256_HEX = /^[0-9a-f]{64}$/;
const encoder = new TextEncoder();

/** Whether `text` is a SHA-256 in lowercase hexadecimal. */
export function isSha256(text: string): boolean {
  return SHA256_HEX.test(text);
}

/** Whether two well-formed SHA-256 digests are equal. */
export function digestEqual(left: string, right: string): boolean {
  return isSha256(left) && isSha256(right) &&
    timingSafeEqual(encoder.encode(left), encoder.encode(right));
}
