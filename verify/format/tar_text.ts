/**
 * Names in tar archives. Names are bytes; as keys they are kept as one
 * character per byte, so that two are equal only byte for byte, and they are
 * decoded to be shown.
 *
 * @module
 */

const PIECE = 4_096;
const decoder = new TextDecoder();

/** One character per byte. */
export function byteString(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return text;
}

/** The text of a byte string; what is not UTF-8 becomes U+FFFD. */
export function decodeByteString(name: string): string {
  // ASCII reads the same either way.
  if (/^[\0-\x7f]*$/.test(name)) return name;
  return decoder.decode(
    Uint8Array.from(name, (character) => character.charCodeAt(0)),
  );
}
