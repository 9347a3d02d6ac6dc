/**
 * Names in tar archives. Names are bytes; as keys they are kept as one
 * character per byte, so that two are equal only byte for byte, and they are
 * decoded to be shown.
 *
 * @module
 */

import { Buffer } from "node:buffer";

const decoder = new TextDecoder();

/** One character per byte. */
export function byteString(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString("latin1");
}

/** The text of a byte string; what is not UTF-8 becomes U+FFFD. */
export function decodeByteString(name: string): string {
  // ASCII reads the same either way.
  if (/^[\0-\x7f]*$/.test(name)) return name;
  return decoder.decode(Buffer.from(name, "latin1"));
}
