/**
 * The parts of the relation between a signed and an unsigned Mach-O file that
 * concern one file alone: its signature covers it and is whole, `__LINKEDIT`
 * ends with it. See `signed_macho.ts`.
 *
 * @module
 */

import {
  type MachoImage,
  type MachoSegment,
  readMacho,
} from "../format/macho_image.ts";
import {
  type MachoSignature,
  readSignature,
} from "../format/macho_signature.ts";
import {
  pageHashesAgree,
  specialHashesAgree,
} from "../normalize/macho_page_hashes.ts";
import type { Reader } from "../reader.ts";

const CHUNK_BYTES = 1 << 20;
const SIGNATURE_ALIGNMENT = 16;

/** Why two files do not relate; the message is the reason. */
export class NotRelated extends Error {}

/** A thin file with what the relation looks at. */
export interface SignableImage {
  readonly image: MachoImage;
  readonly reader: Reader;
  readonly signature: MachoSignature | undefined;
  readonly linkedit: MachoSegment;
  /** Bytes before the signature, or all. */
  readonly covered: number;
}

/**
 * Reads a thin file.
 *
 * @throws {NotRelated} When it has no `__LINKEDIT` or its signature is broken.
 */
export function imageOf(reader: Reader): SignableImage {
  const image = readMacho(reader);
  if (image === undefined) throw new NotRelated("a slice is no thin file");
  const signature = readSignature(image);
  if (typeof signature === "string") throw new NotRelated(signature);
  const linkedit = image.segments.find(({ name }) => name === "__LINKEDIT");
  if (linkedit === undefined) {
    throw new NotRelated("a file has no __LINKEDIT segment");
  }
  return {
    image,
    reader,
    signature,
    linkedit,
    covered: signature?.offset ?? reader.size,
  };
}

/**
 * The signature ends the file and covers everything before it.
 *
 * @throws {NotRelated} When it does not.
 */
export function checkSignature({ reader, signature }: SignableImage): void {
  if (signature === undefined) return;
  const { offset, length, blobLength, directories, blobs } = signature;
  if (
    offset % SIGNATURE_ALIGNMENT !== 0 || offset + length !== reader.size
  ) {
    throw new NotRelated(
      `expected a signature at a multiple of 16 up to the end at ${reader.size}, found ${length} bytes at ${offset}`,
    );
  }
  assertZeros(reader, offset + blobLength, reader.size);
  checkBlobs(reader, signature);
  for (const directory of directories) {
    if (
      directory.scattered || directory.limit !== offset ||
      !pageHashesAgree(reader, directory)
    ) {
      throw new NotRelated(
        `the code directory at ${directory.offset} does not cover the file before it`,
      );
    }
    if (!specialHashesAgree(reader, directory, blobs)) {
      throw new NotRelated(
        `the code directory at ${directory.offset} does not cover the other parts of the signature`,
      );
    }
  }
}

/** Every blob is of a known kind and they fill the signature. */
function checkBlobs(reader: Reader, signature: MachoSignature): void {
  const { offset, blobLength, blobs } = signature;
  let at = offset + 12 + blobs.length * 8;
  for (const blob of blobs.toSorted((a, b) => a.offset - b.offset)) {
    const directory = signature.directories.some((one) =>
      one.offset === blob.offset
    );
    if (directory !== isDirectorySlot(blob.slot) || !isKnownSlot(blob.slot)) {
      throw new NotRelated(
        `the signature at ${offset} has a part of an unknown kind at ${blob.offset}`,
      );
    }
    if (blob.offset < at) {
      throw new NotRelated(`parts of the signature overlap at ${blob.offset}`);
    }
    assertZeros(reader, at, blob.offset);
    at = blob.offset + blob.length;
  }
  assertZeros(reader, at, offset + blobLength);
  if (!blobs.some(({ slot }) => slot === 0)) {
    throw new NotRelated(`the signature at ${offset} has no code directory`);
  }
}

function isDirectorySlot(slot: number): boolean {
  return slot === 0 || slot >= 0x1000 && slot < 0x1005;
}

/** Special slots have hashes; 0x10000 and up are CMS and its companions. */
function isKnownSlot(slot: number): boolean {
  return isDirectorySlot(slot) || slot < 0x100 ||
    slot >= 0x10000 && slot <= 0x10002;
}

/**
 * `__LINKEDIT` ends with the file and takes no more memory than it needs.
 *
 * @throws {NotRelated} When it does not.
 */
export function checkLinkedit(
  side: SignableImage,
  other: SignableImage,
): void {
  const { linkedit, reader } = side;
  const { fileOffset, fileSize, virtualSize } = linkedit;
  if (fileOffset + fileSize !== reader.size) {
    throw new NotRelated(
      `expected __LINKEDIT to end with the file at ${reader.size}, found ${
        fileOffset + fileSize
      }`,
    );
  }
  const fits =
    [1, 0x1000, 0x4000].some((page) =>
      virtualSize === Math.ceil(fileSize / page) * page
    ) ||
    (virtualSize === other.linkedit.virtualSize && virtualSize >= fileSize);
  if (!fits) {
    throw new NotRelated(
      `expected __LINKEDIT to take ${fileSize} bytes of memory, rounded up to pages, found ${virtualSize}`,
    );
  }
}

/**
 * Every byte of a range is zero.
 *
 * @throws {NotRelated} When one is not.
 */
export function assertZeros(reader: Reader, start: number, end: number): void {
  for (let at = start; at < end; at += CHUNK_BYTES) {
    const bytes = reader.read(at, Math.min(CHUNK_BYTES, end - at));
    const found = bytes.findIndex((byte) => byte !== 0);
    if (found >= 0) {
      throw new NotRelated(
        `expected zeros at ${at + found}, found other bytes`,
      );
    }
  }
}
