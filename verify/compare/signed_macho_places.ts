/**
 * The places in front of a signature that signing changes, and that nothing
 * else differs in two Mach-O files: points 2, 3 and 6 of `signed_macho.ts`.
 *
 * @module
 */

import { LC } from "../format/macho_image.ts";
import { sameBytes } from "./equal_parts.ts";
import {
  assertZeros,
  NotRelated,
  type SignableImage,
} from "./signed_macho_image.ts";

const CHUNK_BYTES = 1 << 20;
const SIGNATURE_ALIGNMENT = 16;
const SIGNATURE_COMMAND_BYTES = 16;

/** A place in both files. */
export interface Place {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** The sizes of `__LINKEDIT`, which follow from the signature. */
export function linkeditPlaces({ linkedit, image }: SignableImage): Place[] {
  const at = linkedit.command.offset;
  const label = "macho/__LINKEDIT";
  const [memory, file, length] = image.wide ? [32, 48, 8] : [28, 36, 4];
  return [
    { path: `${label}/memory-size`, offset: at + memory, length },
    { path: `${label}/file-size`, offset: at + file, length },
  ];
}

/**
 * Number and size of the commands and the command that was added.
 *
 * @throws {NotRelated} When the signature added anything else.
 */
export function addedCommandPlaces(
  signed: SignableImage,
  unsigned: SignableImage,
): Place[] {
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
  if (signed.covered < unsigned.covered) {
    throw new NotRelated(
      `expected the signature after the ${unsigned.covered} bytes of the unsigned file, found it at ${signed.covered}`,
    );
  }
  assertZeros(unsigned.reader, end, end + SIGNATURE_COMMAND_BYTES);
  return [
    { path: "macho/header/commands", offset: 16, length: 4 },
    { path: "macho/header/commands-size", offset: 20, length: 4 },
    {
      path: "macho/LC_CODE_SIGNATURE",
      offset: end,
      length: SIGNATURE_COMMAND_BYTES,
    },
  ];
}

/**
 * The length of the signature, where both files have one.
 *
 * @throws {NotRelated} When it has another place.
 */
export function bothSignedPlaces(
  left: SignableImage,
  right: SignableImage,
): Place[] {
  const [one, other] = [left, right].map(({ image }) =>
    image.commands.find(({ command }) => command === LC.CODE_SIGNATURE)
  );
  if (one === undefined || one.offset !== other?.offset) {
    throw new NotRelated("the signature commands lie at different places");
  }
  if (left.covered !== right.covered) {
    throw new NotRelated("the signatures start at different places");
  }
  return [{
    path: "macho/LC_CODE_SIGNATURE/data-size",
    offset: one.offset + 12,
    length: 4,
  }];
}

/**
 * Holds everything else that both files have against each other.
 *
 * @throws {NotRelated} When a byte differs that signing does not change.
 */
export function checkSameBytes(
  left: SignableImage,
  right: SignableImage,
  changed: readonly Place[],
): void {
  const common = Math.min(left.covered, right.covered);
  for (let at = 0; at < common; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, common - at);
    // Copied: both readers may share one window.
    const one = left.reader.read(at, length).slice();
    const other = right.reader.read(at, length);
    if (sameBytes(one, other)) continue;
    for (let index = 0; index < length; index++) {
      if (one[index] === other[index]) continue;
      const place = at + index;
      const expected = changed.some((part) =>
        place >= part.offset && place < part.offset + part.length
      );
      if (!expected) throw new NotRelated(`the files differ at ${place}`);
    }
  }
  const longer = left.covered > right.covered ? left : right;
  if (longer.covered - common >= SIGNATURE_ALIGNMENT) {
    throw new NotRelated(
      `expected the signature within 16 bytes after ${common}, found it at ${longer.covered}`,
    );
  }
  assertZeros(longer.reader, common, longer.covered);
}
