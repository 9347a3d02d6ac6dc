/**
 * Sections that are stored compressed in the way of GNU (GDB and binutils,
 * `.zdebug_…`; Go writes them into PE and Mach-O): the text `ZLIB`, the size of
 * the contents as 8 bytes, big endian, then a zlib stream (RFC 1950: two bytes,
 * deflate, checksum). Debug information is never loaded as it stands.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

const MAGIC = [0x5a, 0x4c, 0x49, 0x42];
const HEADER_BYTES = 12;
const ZLIB_HEADER_BYTES = 2;
/** Bytes of the checksum behind the stream. */
export const ADLER_BYTES = 4;

/** Whether a section has the name of one that is stored so. */
export function isZdebugName(name: string): boolean {
  return /(?:^|,)(?:\.|__)zdebug_/.test(name);
}

/**
 * Bytes in front of the deflate stream of such a section, or undefined when it
 * has another form.
 */
export function zdebugHeaderBytes(
  reader: Pick<Reader, "size" | "read">,
  { offset, size }: { readonly offset: number; readonly size: number },
): number | undefined {
  const before = HEADER_BYTES + ZLIB_HEADER_BYTES;
  if (size <= before + ADLER_BYTES || offset + size > reader.size) {
    return undefined;
  }
  const bytes = reader.read(offset, before);
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) return undefined;
  return isZlibHeader(bytes[HEADER_BYTES] ?? 0, bytes[HEADER_BYTES + 1] ?? 0)
    ? before
    : undefined;
}

/** Whether two bytes begin a zlib stream that needs no dictionary. */
export function isZlibHeader(method: number, flags: number): boolean {
  return (method & 0x0f) === 8 && (flags & 0x20) === 0 &&
    (method * 256 + flags) % 31 === 0;
}
