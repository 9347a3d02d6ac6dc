/**
 * Little-endian numbers of formats that have no other byte order.
 *
 * @module
 */

/** An unsigned number of 2 bytes. */
export function u16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | (bytes[offset + 1] ?? 0) << 8;
}

/** An unsigned number of 4 bytes. */
export function u32(bytes: Uint8Array, offset: number): number {
  return (u16(bytes, offset) | u16(bytes, offset + 2) << 16) >>> 0;
}

/**
 * An unsigned number of 8 bytes; values above 2^53 lose their last digits and
 * are never a size or offset of a file.
 */
export function u64(bytes: Uint8Array, offset: number): number {
  return u32(bytes, offset) + u32(bytes, offset + 4) * 2 ** 32;
}
