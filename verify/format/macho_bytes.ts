/**
 * Numbers and names of a Mach-O file in its byte order (`mach-o/loader.h`: the
 * magic number tells it). Code signatures are big endian always.
 *
 * @module
 */

import type { Reader } from "../reader.ts";

/** Reads numbers of one byte order from a file. */
export class MachoBytes {
  readonly reader: Reader;
  readonly littleEndian: boolean;

  /**
   * @param reader The file.
   * @param littleEndian Byte order of the file.
   */
  constructor(reader: Reader, littleEndian: boolean) {
    this.reader = reader;
    this.littleEndian = littleEndian;
  }

  /** Whether `[offset, offset + length)` lies inside the file. */
  holds(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && offset + length <= this.reader.size;
  }

  /** An unsigned number of 4 bytes. */
  u32(offset: number): number {
    return view(this.reader.read(offset, 4)).getUint32(0, this.littleEndian);
  }

  /** An unsigned number of 8 bytes; exact up to 2^53. */
  u64(offset: number): number {
    return Number(
      view(this.reader.read(offset, 8)).getBigUint64(0, this.littleEndian),
    );
  }

  /** A name of 16 bytes, ended by NUL unless it fills them. */
  name16(offset: number): string {
    return text(this.reader.read(offset, 16));
  }
}

/** A view of bytes, whatever their place in their buffer. */
export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Text up to the first NUL, one character for each byte. */
export function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Array.from(
    end < 0 ? bytes : bytes.subarray(0, end),
    (byte) => String.fromCharCode(byte),
  ).join("");
}
