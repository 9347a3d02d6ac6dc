/**
 * One entry of a zip archive as its central directory header describes it
 * (PKWARE APPNOTE 6.3.10, section 4.3.12), with the local header (4.3.7) and
 * the data descriptor (4.3.9) that belong to it.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { u16, u32, u64 } from "./little_endian.ts";
import { applyZip64, zip64Labels, type Zip64Values } from "./zip_extra.ts";
import { CENTRAL_SIGNATURE, LOCAL_SIGNATURE } from "./zip_end.ts";

const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
/** Host system 3 (APPNOTE section 4.4.2.2) puts `st_mode` into the upper half. */
const HOST_UNIX = 3;
const FILE_TYPE = 0xf000;
const SYMBOLIC_LINK = 0xa000;

/** Bits of the general purpose flag, APPNOTE section 4.4.4. */
export const ZIP_FLAG = {
  encrypted: 1 << 0,
  descriptor: 1 << 3,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  maskedHeader: 1 << 13,
} as const;

/** Lengths and numbers that both kinds of header hold. */
export interface ZipHeader {
  readonly offset: number;
  /** Bytes of the header with name, extra bytes and comment. */
  readonly length: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** Sizes after Zip64. */
  readonly compressedSize: number;
  readonly size: number;
  readonly name: Uint8Array;
  readonly extra: Uint8Array;
  /** Labels of the numbers that its Zip64 block holds. */
  readonly zip64: readonly string[];
  /** Whether every number marked for Zip64 was found there. */
  readonly complete: boolean;
}

/** A header of the central directory. */
export interface ZipCentral extends ZipHeader {
  readonly commentLength: number;
  /** Offset of the local header as written, after Zip64. */
  readonly localOffset: number;
  /** Disk on which the entry starts. */
  readonly disk: number;
  /** Whether a Unix system wrote the entry as a symbolic link. */
  readonly isLink: boolean;
  /** `st_mode` where a Unix system wrote the entry; null elsewhere. */
  readonly unixMode: number | null;
}

/** The descriptor after the data of an entry. */
export interface ZipDescriptor {
  readonly offset: number;
  readonly length: number;
  /** Whether the optional signature is there. */
  readonly signed: boolean;
  /** Bytes of each size, 4 or 8. */
  readonly width: 4 | 8;
}

/** Reads the central header at `offset`, or undefined when there is none. */
export function readCentral(
  reader: Reader,
  offset: number,
  end: number,
): ZipCentral | undefined {
  if (end - offset < CENTRAL_BYTES) return undefined;
  const fixed = reader.read(offset, CENTRAL_BYTES).slice();
  if (u32(fixed, 0) !== CENTRAL_SIGNATURE) return undefined;
  const nameLength = u16(fixed, 28);
  const extraLength = u16(fixed, 30);
  const commentLength = u16(fixed, 32);
  const length = CENTRAL_BYTES + nameLength + extraLength + commentLength;
  if (end - offset < length) return undefined;
  const texts = reader.read(
    offset + CENTRAL_BYTES,
    nameLength + extraLength,
  ).slice();
  const extra = texts.subarray(nameLength);
  const values: Zip64Values = {
    size: u32(fixed, 24),
    compressedSize: u32(fixed, 20),
    localOffset: u32(fixed, 42),
  };
  const zip64 = zip64Labels(values);
  const complete = applyZip64(extra, values);
  return {
    offset,
    length,
    flags: u16(fixed, 8),
    method: u16(fixed, 10),
    crc: u32(fixed, 16),
    compressedSize: values.compressedSize,
    size: values.size,
    localOffset: values.localOffset ?? 0,
    name: texts.subarray(0, nameLength),
    extra,
    zip64,
    complete,
    commentLength,
    disk: u16(fixed, 34),
    isLink: fixed[5] === HOST_UNIX &&
      (u16(fixed, 40) & FILE_TYPE) === SYMBOLIC_LINK,
    unixMode: fixed[5] === HOST_UNIX ? u16(fixed, 40) : null,
  };
}

/** Reads the local header at `offset`, or undefined when there is none. */
export function readLocal(
  reader: Reader,
  offset: number,
): ZipHeader | undefined {
  if (offset < 0 || reader.size - offset < LOCAL_BYTES) return undefined;
  const fixed = reader.read(offset, LOCAL_BYTES).slice();
  if (u32(fixed, 0) !== LOCAL_SIGNATURE) return undefined;
  const nameLength = u16(fixed, 26);
  const extraLength = u16(fixed, 28);
  const length = LOCAL_BYTES + nameLength + extraLength;
  if (reader.size - offset < length) return undefined;
  const texts = reader.read(offset + LOCAL_BYTES, nameLength + extraLength)
    .slice();
  const extra = texts.subarray(nameLength);
  const values: Zip64Values = {
    size: u32(fixed, 22),
    compressedSize: u32(fixed, 18),
  };
  const zip64 = zip64Labels(values);
  const complete = applyZip64(extra, values);
  return {
    offset,
    length,
    flags: u16(fixed, 6),
    method: u16(fixed, 8),
    crc: u32(fixed, 14),
    compressedSize: values.compressedSize,
    size: values.size,
    name: texts.subarray(0, nameLength),
    extra,
    zip64,
    complete,
  };
}

/**
 * The data descriptor at `offset`: with or without its signature, with sizes
 * of four or eight bytes. Only the form whose numbers are those of the central
 * header counts.
 */
export function readDescriptor(
  reader: Reader,
  offset: number,
  central: ZipCentral,
): ZipDescriptor | undefined {
  const forms = [[true, 4], [true, 8], [false, 4], [false, 8]] as const;
  for (const [signed, width] of forms) {
    const length = (signed ? 4 : 0) + 4 + 2 * width;
    if (offset + length > reader.size) continue;
    const bytes = reader.read(offset, length);
    let at = 0;
    if (signed) {
      if (u32(bytes, 0) !== DESCRIPTOR_SIGNATURE) continue;
      at = 4;
    }
    const number = width === 4 ? u32 : u64;
    if (
      u32(bytes, at) === central.crc &&
      number(bytes, at + 4) === central.compressedSize &&
      number(bytes, at + 4 + width) === central.size
    ) return { offset, length, signed, width };
  }
  return undefined;
}
