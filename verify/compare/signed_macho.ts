/**
 * A signed Mach-O file and the same file with another signature or none.
 *
 * Signing (`mach-o/loader.h` and `osfmk/kern/cs_blobs.h` of XNU) appends a
 * signature and changes three things in front of it. The relation holds when
 * all of this is true, byte for byte:
 *
 * 1. Both files lay out as Mach-O files without a problem.
 * 2. A signature starts at the next multiple of 16 after the file that it
 *    covers, and reaches the end of the file and of `__LINKEDIT`; the bytes of
 *    that rounding, at most 15, are zeros.
 * 3. Where one file has no signature: the other has one load command more,
 *    LC_CODE_SIGNATURE, as its last, in a place where the unsigned file holds
 *    zeros; number and size of the commands say so and nothing else.
 * 4. `__LINKEDIT` ends with each file; its size in memory is that size, rounded
 *    up to pages or not, or what it was.
 * 5. The parts of the signature are of known kinds and fill it, with zeros in
 *    between. Every code directory covers the file up to the signature, its
 *    page hashes are those of the file, and its special hashes those of the
 *    blobs that lie in the signature.
 * 6. All other bytes are equal.
 *
 * In fat files each architecture must be equal or so related, with zeros in
 * between.
 *
 * It says that the signature was added to this file and to nothing else. It
 * does not say that the CMS signature holds or whose it is allowed to be, and
 * it lists flags and entitlements, which change what the system lets the
 * program do, for the policy to judge.
 *
 * @module
 */

import { macho } from "../format/macho.ts";
import { type FatSlice, readFat } from "../format/macho_fat.ts";
import {
  LC,
  type MachoImage,
  type MachoSegment,
  readMacho,
} from "../format/macho_image.ts";
import {
  CODE_DIRECTORY_FLAG,
  type MachoSignature,
  readSignature,
} from "../format/macho_signature.ts";
import {
  pageHashesAgree,
  specialHashesAgree,
} from "../normalize/macho_page_hashes.ts";
import { type Reader, SliceReader } from "../reader.ts";

const CHUNK_BYTES = 1 << 20;
const SIGNATURE_ALIGNMENT = 16;
const SIGNATURE_COMMAND_BYTES = 16;

/** What one signature says. */
export interface MachoSignatureFacts {
  /** Architecture in a fat file, else null. */
  readonly architecture: string | null;
  /** Place in the file. */
  readonly offset: number;
  readonly length: number;
  /** `ad-hoc` without a CMS signature; `linker` when the linker made it. */
  readonly kind: "cms" | "ad-hoc" | "linker";
  /** Untrusted text. */
  readonly identifier: string;
  /** Team of the signer, untrusted text, or null. */
  readonly team: string | null;
  /** Flags of the first code directory, `CS_…`. */
  readonly flags: number;
  /** Labels of the blobs, such as `entitlements`. */
  readonly blobs: readonly string[];
}

/** How two files relate. */
export type SignedMachoRelation =
  | {
    readonly relation: "left-signed" | "right-signed" | "both-signed";
    readonly left: readonly MachoSignatureFacts[];
    readonly right: readonly MachoSignatureFacts[];
  }
  | {
    readonly relation: "none";
    /** What does not hold, in plain words. */
    readonly reason: string;
  };

interface Image {
  readonly image: MachoImage;
  readonly reader: Reader;
  readonly signature: MachoSignature | undefined;
  readonly linkedit: MachoSegment;
  /** Bytes before the signature, or all. */
  readonly covered: number;
}

interface Signatures {
  readonly left: MachoSignatureFacts[];
  readonly right: MachoSignatureFacts[];
}

class NotRelated extends Error {}

/**
 * Relates two Mach-O files that may differ by their signature alone.
 *
 * @returns Which sides carry a signature, or why the relation fails.
 */
export function relateSignedMacho(
  left: Reader,
  right: Reader,
): SignedMachoRelation {
  try {
    for (const [reader, side] of [[left, "left"], [right, "right"]] as const) {
      assertSound(reader, `the ${side} file`);
    }
    const found: Signatures = { left: [], right: [] };
    const fat = [readFat(left), readFat(right)] as const;
    if (fat[0] !== undefined && fat[1] !== undefined) {
      relateFat({ reader: left, slices: fat[0] }, {
        reader: right,
        slices: fat[1],
      }, found);
    } else if (fat[0] === undefined && fat[1] === undefined) {
      relateThin(left, right, { architecture: null, found, start: [0, 0] });
    } else {
      throw new NotRelated("one file is fat and the other is not");
    }
    if (found.left.length === 0 && found.right.length === 0) {
      throw new NotRelated("no file is signed");
    }
    return {
      relation: found.right.length === 0
        ? "left-signed"
        : found.left.length === 0
        ? "right-signed"
        : "both-signed",
      ...found,
    };
  } catch (error) {
    if (!(error instanceof NotRelated)) throw error;
    return { relation: "none", reason: error.message };
  }
}

function assertSound(reader: Reader, what: string): void {
  if (!macho.detect(reader)) {
    throw new NotRelated(`${what} is not a Mach-O file`);
  }
  const problem = macho.layout(reader).problems[0];
  if (problem !== undefined) {
    throw new NotRelated(
      `${what} is not sound at ${problem.offset}: ${problem.detail}`,
    );
  }
}

interface FatFile {
  readonly reader: Reader;
  readonly slices: readonly FatSlice[];
}

function relateFat(left: FatFile, right: FatFile, found: Signatures): void {
  if (left.slices.length !== right.slices.length) {
    throw new NotRelated("the files hold different architectures");
  }
  if (!sameRange(left.reader, right.reader, [0, 8])) {
    throw new NotRelated("the headers of the fat files differ");
  }
  assertZerosBetween(left);
  assertZerosBetween(right);
  for (const [index, one] of left.slices.entries()) {
    const other = right.slices[index];
    if (other === undefined || one.entryLength !== other.entryLength) {
      throw new NotRelated("the files hold different architectures");
    }
    // Place and length follow from the slices; all else must be equal.
    const wide = one.entryLength === 32;
    const entries = [[0, 8], wide ? [24, 8] : [16, 4]] as const;
    for (const [at, length] of entries) {
      const same = left.reader.read(one.entry + at, length).slice();
      const entry = right.reader.read(other.entry + at, length);
      if (same.some((byte, place) => byte !== entry[place])) {
        throw new NotRelated(
          `the entries of architecture "${one.name}" differ at ${
            one.entry + at
          }`,
        );
      }
    }
    const slices = [
      new SliceReader(left.reader, one.offset, one.length),
      new SliceReader(right.reader, other.offset, other.length),
    ] as const;
    for (const slice of slices) {
      assertSound(slice, `architecture "${one.name}"`);
    }
    relateThin(...slices, {
      architecture: one.name,
      found,
      start: [one.offset, other.offset],
    });
  }
}

/** Slices in the order of their entries, with nothing but zeros between. */
function assertZerosBetween({ reader, slices }: FatFile): void {
  const last = slices.at(-1);
  let at = last === undefined ? 8 : last.entry + last.entryLength;
  for (const { offset, length } of slices) {
    if (offset < at) throw new NotRelated("the slices are not in order");
    assertZeros(reader, at, offset);
    at = offset + length;
  }
  assertZeros(reader, at, reader.size);
}

function relateThin(
  leftReader: Reader,
  rightReader: Reader,
  context: {
    readonly architecture: string | null;
    readonly found: Signatures;
    readonly start: readonly [number, number];
  },
): void {
  const left = imageOf(leftReader);
  const right = imageOf(rightReader);
  const { architecture, found, start } = context;
  if (left.signature !== undefined) {
    found.left.push(factsOf(left.signature, architecture, start[0]));
  }
  if (right.signature !== undefined) {
    found.right.push(factsOf(right.signature, architecture, start[1]));
  }
  for (const side of [left, right]) checkSignature(side);
  checkLinkedit(left, right);
  checkLinkedit(right, left);
  const holes = left.signature !== undefined && right.signature !== undefined
    ? bothSignedHoles(left, right)
    : left.signature !== undefined
    ? addedCommandHoles(left, right)
    : right.signature !== undefined
    ? addedCommandHoles(right, left)
    : [];
  checkSameBytes(left, right, [...holes, ...linkeditHoles(left)]);
}

function imageOf(reader: Reader): Image {
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

/** The signature ends the file and covers everything before it. */
function checkSignature({ reader, signature }: Image): void {
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

/** `__LINKEDIT` ends with the file and takes no more memory than it needs. */
function checkLinkedit(side: Image, other: Image): void {
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

type Hole = readonly [start: number, end: number];

/** The sizes of `__LINKEDIT`, which follow from the signature. */
function linkeditHoles({ linkedit, image }: Image): Hole[] {
  const at = linkedit.command.offset;
  return image.wide
    ? [[at + 32, at + 40], [at + 48, at + 56]]
    : [[at + 28, at + 32], [at + 36, at + 40]];
}

/** Number and size of the commands and the command that was added. */
function addedCommandHoles(signed: Image, unsigned: Image): Hole[] {
  const before = unsigned.image.commands;
  const after = signed.image.commands;
  const added = after.at(-1);
  const end = unsigned.image.commandsEnd;
  if (
    added?.command !== LC.CODE_SIGNATURE ||
    added.length !== SIGNATURE_COMMAND_BYTES ||
    after.length !== before.length + 1 || added.offset !== end ||
    signed.image.commandsEnd !== end + SIGNATURE_COMMAND_BYTES
  ) {
    throw new NotRelated(
      "expected the signature to add one load command, its last, and nothing else to the header",
    );
  }
  assertZeros(unsigned.reader, end, end + SIGNATURE_COMMAND_BYTES);
  return [[16, 24], [end, end + SIGNATURE_COMMAND_BYTES]];
}

/** The place of the signature must be the same, its length may differ. */
function bothSignedHoles(left: Image, right: Image): Hole[] {
  const [one, other] = [left, right].map(({ image }) =>
    image.commands.find(({ command }) => command === LC.CODE_SIGNATURE)
  );
  if (one === undefined || one.offset !== other?.offset) {
    throw new NotRelated("the signature commands lie at different places");
  }
  if (left.covered !== right.covered) {
    throw new NotRelated("the signatures start at different places");
  }
  return [[one.offset + 12, one.offset + 16]];
}

/** Everything that both files hold is equal, but for the holes. */
function checkSameBytes(
  left: Image,
  right: Image,
  holes: readonly Hole[],
): void {
  const common = Math.min(left.covered, right.covered);
  for (let at = 0; at < common; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, common - at);
    // Copied: both readers may share one window.
    const one = left.reader.read(at, length).slice();
    const other = right.reader.read(at, length);
    for (let index = 0; index < length; index++) {
      if (one[index] === other[index]) continue;
      const offset = at + index;
      if (!holes.some(([start, end]) => offset >= start && offset < end)) {
        throw new NotRelated(`the files differ at ${offset}`);
      }
    }
  }
  const [longer] = left.covered > right.covered ? [left] : [right];
  if (longer.covered - common >= SIGNATURE_ALIGNMENT) {
    throw new NotRelated(
      `expected the signature within 16 bytes after ${common}, found it at ${longer.covered}`,
    );
  }
  assertZeros(longer.reader, common, longer.covered);
}

function factsOf(
  signature: MachoSignature,
  architecture: string | null,
  start: number,
): MachoSignatureFacts {
  const [directory] = signature.directories;
  const flags = directory?.flags ?? 0;
  const signed = signature.blobs.some((blob) =>
    blob.label === "cms" && blob.length > 8
  );
  return {
    architecture,
    offset: start + signature.offset,
    length: signature.length,
    kind: signed
      ? "cms"
      : (flags & CODE_DIRECTORY_FLAG.linkerSigned) !== 0
      ? "linker"
      : "ad-hoc",
    identifier: directory?.identifier ?? "",
    team: directory?.team ?? null,
    flags,
    blobs: signature.blobs.map(({ label }) => label),
  };
}

function assertZeros(reader: Reader, start: number, end: number): void {
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

function sameRange(
  left: Reader,
  right: Reader,
  [start, end]: Hole,
): boolean {
  const one = left.read(start, end - start).slice();
  const other = right.read(start, end - start);
  return one.every((byte, index) => byte === other[index]);
}
