/**
 * Time stamps of PE and COFF files as a person reads them.
 *
 * Specification: PE Format, "General Concepts", date/time stamp: 0 and
 * 0xFFFFFFFF are no real or meaningful stamps.
 *
 * @module
 */

import { secondsText } from "./show.ts";

/** The little-endian 32-bit number that four bytes hold. */
export function stampValue(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

/** A stamp as a time, or as the fixed value that it is. */
export function showStamp(bytes: Uint8Array): string {
  if (bytes.length !== 4) return "not a time stamp";
  const value = stampValue(bytes);
  return value === 0 || value === 0xffffffff
    ? `no time (${value})`
    : secondsText(value);
}

/** Whether bytes can be a time stamp at all. */
export function isStamp(bytes: Uint8Array): boolean {
  return bytes.length === 4;
}
