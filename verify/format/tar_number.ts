/**
 * Numbers and texts in tar headers: octal digits (POSIX.1-2017, pax, "ustar
 * Interchange Format"), base-256 (GNU tar manual, "Extensions to the archive
 * format": the high bit of the first byte marks a two's complement number),
 * and texts padded with NUL.
 *
 * @module
 */

const ZERO = 0x30;
const SEVEN = 0x37;
const SPACE = 0x20;

/**
 * Reads a numeric field.
 *
 * @returns The number, or undefined when the bytes follow neither grammar.
 */
export function tarNumber(bytes: Uint8Array): number | undefined {
  const first = bytes[0] ?? 0;
  if (first & 0x80) return base256(bytes);
  let at = 0;
  while (bytes[at] === SPACE) at++;
  const start = at;
  let value = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > SEVEN) break;
    value = value * 8 + (byte - ZERO);
  }
  const digits = at - start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0 && byte !== SPACE) return undefined;
  }
  // A field of only NULs is how some writers leave a number out.
  if (digits === 0) return bytes.every((byte) => byte === 0) ? 0 : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Two's complement, big-endian, with the mark in the highest bit. */
function base256(bytes: Uint8Array): number | undefined {
  const first = bytes[0] ?? 0;
  const negative = (first & 0x40) !== 0;
  let value = BigInt(negative ? (first | ~0xff) : first & 0x7f);
  for (const byte of bytes.subarray(1)) value = value * 256n + BigInt(byte);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The bytes before the first NUL. */
export function tarText(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** Whether nothing but NUL follows the first NUL. */
export function isTarText(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0);
  if (end === -1) return true;
  for (let at = end; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
