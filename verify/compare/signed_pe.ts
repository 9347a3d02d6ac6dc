/**
 * A signed image and the same image without the signature.
 *
 * Signing with Authenticode changes four things and no more (PE Format, "The
 * Attribute Certificate Table (Image Only)" and Appendix A). The relation
 * holds when all of this is true, byte for byte:
 *
 * 1. Both files lay out as PE images without a problem.
 * 2. The Certificate Table entry of the unsigned file is zero; that of the
 *    signed one names a table that starts at the end of the unsigned file,
 *    rounded up to eight bytes, and ends at the end of the signed file.
 * 3. The bytes of that rounding, at most seven, are zeros.
 * 4. CheckSum of the signed file is right, or untouched. That of the unsigned
 *    file is right or zero.
 * 5. Every entry of the table is a PKCS #7 signature, aligned and padded with
 *    zeros, over the Authenticode hash of exactly these bytes.
 * 6. All other bytes are equal.
 *
 * Where all but a signature that is too long to be read holds, the limit is
 * named: what it covers is not known.
 *
 * It says that the signature was added to this image and to nothing else. It
 * does not say that the signature holds or whose it is allowed to be.
 *
 * @module
 */

import type { Layout } from "../format/layout.ts";
import { peFormat } from "../format/pe.ts";
import { alignUp, PeBytes } from "../format/pe_bytes.ts";
import { CERTIFICATE_HEADER_BYTES } from "../format/pe_certificates.ts";
import { MAGIC_PE32_PLUS } from "../format/pe_headers.ts";
import type { LimitName } from "../limits.ts";
import {
  type AuthenticodeParts,
  type CheckedSignature,
  checkSignature,
} from "../normalize/pe_authenticode.ts";
import { peChecksumOf } from "../normalize/pe_checksum.ts";
import type { Reader } from "../reader.ts";

const REVISION_2 = 0x0200;
const TYPE_PKCS_SIGNED_DATA = 2;
const CHUNK_BYTES = 1 << 20;

/** One signature of the table. */
export interface AddedSignature {
  /** Offset of its WIN_CERTIFICATE entry in the signed file. */
  readonly offset: number;
  /** dwLength of the entry in bytes. */
  readonly length: number;
  /** Always PKCS #7; other types make the relation fail. */
  readonly type: "pkcs7";
  /** Digest algorithm of the image hash. */
  readonly algorithm: string;
  /** Name in the signer's certificate; untrusted text, or null. */
  readonly signer: string | null;
}

/** How two images relate. */
export type SignedPeRelation =
  | {
    readonly relation: "left-signed" | "right-signed";
    readonly signatures: readonly AddedSignature[];
    /** Zeros between the image and the table, at most seven. */
    readonly paddingBytes: number;
    /** Whether the signer computed CheckSum again. */
    readonly checksum: "recomputed" | "unchanged";
    /** Offset of CheckSum in both files, four bytes. */
    readonly checksumOffset: number;
    /** Offset of the Certificate Table entry in both, eight bytes. */
    readonly directoryOffset: number;
    /** Size of the unsigned file: everything behind it was added. */
    readonly imageBytes: number;
  }
  | {
    readonly relation: "none";
    /** What does not hold, in plain words. */
    readonly reason: string;
    /** The limit that a signature reached, where all else holds. */
    readonly limit?: LimitName;
  };

interface Image {
  readonly reader: Reader;
  readonly checksum: number;
  readonly entry: number;
  readonly start: number;
  readonly size: number;
}

class NotRelated extends Error {
  constructor(reason: string, readonly limit?: LimitName) {
    super(reason);
  }
}

/**
 * Relates a signed PE image to an unsigned one.
 *
 * @returns Which side carries the signature, or why the relation fails.
 */
export function relateSignedPe(left: Reader, right: Reader): SignedPeRelation {
  try {
    // Most pairs end here, before anything is laid out.
    if (hasTable(left) === hasTable(right)) {
      throw new NotRelated(
        `${hasTable(left) ? "both" : "no"} files are signed`,
      );
    }
    const sides = [imageOf(left, "left"), imageOf(right, "right")] as const;
    const leftSigned = hasTable(left);
    const [signed, unsigned] = leftSigned ? sides : [sides[1], sides[0]];
    const paddingBytes = checkTablePlace(signed, unsigned);
    const checksum = checkChecksums(signed, unsigned);
    checkSameImage(signed, unsigned);
    return {
      relation: leftSigned ? "left-signed" : "right-signed",
      signatures: checkEntries(signed),
      paddingBytes,
      checksum,
      checksumOffset: signed.checksum,
      directoryOffset: signed.entry,
      imageBytes: unsigned.reader.size,
    };
  } catch (error) {
    if (!(error instanceof NotRelated)) throw error;
    const { message: reason, limit } = error;
    return {
      relation: "none",
      reason,
      ...(limit === undefined ? {} : { limit }),
    };
  }
}

function imageOf(reader: Reader, side: string): Image {
  if (!peFormat.detect(reader)) {
    throw new NotRelated(`the ${side} file is not a PE image`);
  }
  const layout = peFormat.layout(reader);
  const problem = layout.problems[0];
  if (problem !== undefined) {
    throw new NotRelated(
      `the ${side} file is not sound at ${problem.offset}: ${problem.detail}`,
    );
  }
  const checksum = offsetOf(layout, "pe/optional/checksum");
  const entry = offsetOf(layout, "pe/directory/certificate");
  if (checksum === undefined || entry === undefined) {
    throw new NotRelated(`the ${side} file has no certificate directory`);
  }
  const bytes = new PeBytes(reader);
  return {
    reader,
    checksum,
    entry,
    start: bytes.u32(entry),
    size: bytes.u32(entry + 4),
  };
}

function offsetOf(layout: Layout, path: string): number | undefined {
  return layout.fields.find((field) => field.path === path)?.offset;
}

/** Whether the headers name a certificate table, sound or not. */
function hasTable(reader: Reader): boolean {
  if (!peFormat.detect(reader)) return false;
  const bytes = new PeBytes(reader);
  const optional = bytes.u32(0x3c) + 24;
  if (!bytes.has(optional, 2)) return false;
  const wide = bytes.u16(optional) === MAGIC_PE32_PLUS;
  const entry = optional + (wide ? 112 : 96) + 4 * 8;
  return bytes.has(entry, 8) &&
    (bytes.u32(entry) !== 0 || bytes.u32(entry + 4) !== 0);
}

function checkTablePlace(signed: Image, unsigned: Image): number {
  const size = unsigned.reader.size;
  const expected = alignUp(size, 8);
  if (
    signed.start !== expected ||
    signed.start + signed.size !== signed.reader.size
  ) {
    throw new NotRelated(
      `expected the certificate table from ${expected} to the end at ` +
        `${signed.reader.size}, found ${signed.size} bytes at ${signed.start}`,
    );
  }
  const padding = signed.reader.read(size, expected - size);
  if (padding.some((byte) => byte !== 0)) {
    throw new NotRelated(
      `expected ${padding.length} zeros at ${size}, found other bytes`,
    );
  }
  return padding.length;
}

function checkChecksums(
  signed: Image,
  unsigned: Image,
): "recomputed" | "unchanged" {
  const [after, before] = [signed, unsigned].map(({ reader, checksum }) =>
    new PeBytes(reader).u32(checksum)
  );
  if (
    before !== 0 && before !== peChecksumOf(unsigned.reader, unsigned.checksum)
  ) {
    throw new NotRelated(
      `CheckSum at ${unsigned.checksum} of the unsigned file is wrong`,
    );
  }
  if (after === peChecksumOf(signed.reader, signed.checksum)) {
    return "recomputed";
  }
  if (after !== before) {
    throw new NotRelated(
      `CheckSum at ${signed.checksum} of the signed file is wrong`,
    );
  }
  return "unchanged";
}

function checkSameImage(signed: Image, unsigned: Image): void {
  if (
    signed.checksum !== unsigned.checksum || signed.entry !== unsigned.entry
  ) {
    throw new NotRelated("the headers lie at different places");
  }
  const end = unsigned.reader.size;
  for (let at = 0; at < end; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - at);
    // Copied: both readers may share one window.
    const left = signed.reader.read(at, length).slice();
    const right = unsigned.reader.read(at, length);
    for (let index = 0; index < length; index++) {
      if (left[index] === right[index]) continue;
      const offset = at + index;
      if (within(offset, signed.checksum, 4)) continue;
      if (within(offset, signed.entry, 8)) continue;
      throw new NotRelated(`the images differ at ${offset}`);
    }
  }
}

function within(offset: number, start: number, length: number): boolean {
  return offset >= start && offset < start + length;
}

function checkEntries(signed: Image): AddedSignature[] {
  const { reader, start, size } = signed;
  const bytes = new PeBytes(reader);
  const { checksum, entry } = signed;
  const known = new Map<string, string>();
  const parts: AuthenticodeParts = { checksum, entry, end: start, known };
  const signatures: AddedSignature[] = [];
  let unread: NotRelated | undefined;
  // The layout had no problem, so the entries add up to the table.
  for (let at = start; at < start + size;) {
    const length = bytes.u32(at);
    const [revision, type] = [bytes.u16(at + 4), bytes.u16(at + 6)];
    if (revision !== REVISION_2 || type !== TYPE_PKCS_SIGNED_DATA) {
      throw new NotRelated(
        `expected a PKCS #7 signature of revision 2 at ${at}, found type ` +
          `${type} of revision ${revision}`,
      );
    }
    const checked = checkSignature(reader, [
      at + CERTIFICATE_HEADER_BYTES,
      length - CERTIFICATE_HEADER_BYTES,
    ], parts);
    if (typeof checked === "string") {
      unread = new NotRelated(`the signature at ${at} is too long`, checked);
    } else {
      signatures.push({
        offset: at,
        length,
        type: "pkcs7",
        ...held(checked, at),
      });
    }
    const next = at + alignUp(length, 8);
    if (
      reader.read(at + length, next - at - length).some((byte) => byte !== 0)
    ) {
      throw new NotRelated(`expected zeros after the signature at ${at}`);
    }
    at = next;
  }
  if (unread !== undefined) throw unread;
  return signatures;
}

function held(
  { agrees, algorithm, signer }: CheckedSignature,
  at: number,
): { readonly algorithm: string; readonly signer: string | null } {
  if (agrees && algorithm !== null) return { algorithm, signer };
  throw new NotRelated(
    algorithm === null
      ? `the signature at ${at} cannot be read`
      : `the signature at ${at} does not cover these bytes`,
  );
}
