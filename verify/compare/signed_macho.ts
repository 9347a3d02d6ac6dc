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
import { LC, readMacho } from "../format/macho_image.ts";
import { type Reader, SliceReader } from "../reader.ts";
import { sameBytes } from "./equal_parts.ts";
import {
  assertZeros,
  checkLinkedit,
  checkSignature,
  imageOf,
  NotRelated,
} from "./signed_macho_image.ts";
import { factsOf, type MachoSignatureFacts } from "./signed_macho_facts.ts";
import {
  addedCommandPlaces,
  bothSignedPlaces,
  checkSameBytes,
  linkeditPlaces,
} from "./signed_macho_places.ts";

/** A place that follows from the signature, the same in both files. */
export interface SignedPlace {
  /** Label of the field. */
  readonly path: string;
  readonly leftOffset: number;
  readonly rightOffset: number;
  readonly length: number;
}

/** How two files relate. */
export type SignedMachoRelation =
  | {
    readonly relation: "left-signed" | "right-signed" | "both-signed";
    readonly left: readonly MachoSignatureFacts[];
    readonly right: readonly MachoSignatureFacts[];
    /** What the signature changed in front of it, equal bytes included. */
    readonly places: readonly SignedPlace[];
  }
  | {
    readonly relation: "none";
    /** What does not hold, in plain words. */
    readonly reason: string;
  };

interface Signatures {
  readonly left: MachoSignatureFacts[];
  readonly right: MachoSignatureFacts[];
  readonly places: SignedPlace[];
}

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
    // Most pairs end here, before anything is laid out.
    if (!isSigned(left) && !isSigned(right)) {
      throw new NotRelated("no file is signed");
    }
    for (const [reader, side] of [[left, "left"], [right, "right"]] as const) {
      assertSound(reader, `the ${side} file`);
    }
    const found: Signatures = { left: [], right: [], places: [] };
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

/** Whether a file, or a slice of it, names a signature, sound or not. */
function isSigned(reader: Reader): boolean {
  const slices = readFat(reader);
  // A slice is thin by the specification; one that is not ends here.
  return slices === undefined
    ? hasSignature(reader)
    : slices.some(({ offset, length }) =>
      offset + length <= reader.size &&
      hasSignature(new SliceReader(reader, offset, length))
    );
}

function hasSignature(reader: Reader): boolean {
  return readMacho(reader)?.commands.some(({ command }) =>
    command === LC.CODE_SIGNATURE
  ) ?? false;
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
  if (!sameBytes(left.reader.read(0, 8).slice(), right.reader.read(0, 8))) {
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
      if (!sameBytes(same, entry)) {
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
  const places = left.signature !== undefined && right.signature !== undefined
    ? bothSignedPlaces(left, right)
    : left.signature !== undefined
    ? addedCommandPlaces(left, right)
    : right.signature !== undefined
    ? addedCommandPlaces(right, left)
    : [];
  const changed = [...places, ...linkeditPlaces(left)];
  checkSameBytes(left, right, changed);
  checkLinkedit(left, right);
  checkLinkedit(right, left);
  for (const side of [left, right]) checkSignature(side);
  const prefix = architecture === null
    ? ""
    : `macho/fat/${architecture}/slice:`;
  for (const { path, offset, length } of changed) {
    found.places.push({
      path: `${prefix}${path}`,
      leftOffset: start[0] + offset,
      rightOffset: start[1] + offset,
      length,
    });
  }
}
