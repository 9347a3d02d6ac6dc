/**
 * GUIDs as a person reads them: the first three parts are little-endian.
 *
 * Specification: ECMA-335 6th edition II.24.2.5; RFC 4122 section 4.1.2 for
 * the parts.
 *
 * @module
 */

import { toHex } from "../format/pe_der.ts";

/** The usual text of a GUID of 16 bytes. */
export function showGuid(bytes: Uint8Array): string {
  if (bytes.length !== 16) return toHex(bytes);
  const part = (start: number, end: number) => toHex(bytes.slice(start, end));
  const reversed = (start: number, end: number) =>
    toHex(bytes.slice(start, end).reverse());
  return [
    reversed(0, 4),
    reversed(4, 6),
    reversed(6, 8),
    part(8, 10),
    part(10, 16),
  ].join("-");
}
