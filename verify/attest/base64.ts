/**
 * Base64 with one spelling for each value: RFC 4648 section 4, standard
 * alphabet, padding required, no line breaks, and zero pad bits (section 3.5).
 * Lenient decoders drop foreign characters, so that one signature has many
 * texts.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Whether `text` is the one spelling of its bytes. */
export function isCanonicalBase64(text: string): boolean {
  return encodeBase64(Buffer.from(text, "base64")) === text;
}

/** The bytes of text that {@linkcode isCanonicalBase64} accepts. */
export function decodeBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** The one spelling of `bytes`. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("base64");
}
