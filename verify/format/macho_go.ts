/**
 * The build id of a Go program, at the start of its code.
 *
 * Specification: Go source, cmd/internal/buildid: formats without notes hold
 * `\xff Go build ID: "…"\n \xff` in the first bytes of the text, in front of
 * any function. The id is up to four hashes in base64 for URLs with slashes
 * between them.
 *
 * The bytes lie in a section of code, so the id is only marked where nothing
 * but the id can stand: at the very start of `__TEXT,__text`, complete with its
 * frame, in the grammar of an id, and in front of the entry point.
 *
 * @module
 */

import { commandNumber } from "./macho_command_names.ts";
import type { MachoImage, MachoSection } from "./macho_image.ts";

const FRAME = /^\xff Go build ID: "([A-Za-z0-9_\-/]{1,300})"\n \xff/;
const PREFIX_BYTES = 16;
const FRAME_BYTES_MAX = 400;

/** A range of the file. */
export interface GoBuildId {
  readonly offset: number;
  readonly length: number;
}

/** Where the build id lies, when the section starts with one. */
export function goBuildIdOf(
  image: MachoImage,
  section: MachoSection,
): GoBuildId | undefined {
  if (section.segment !== "__TEXT" || section.name !== "__text") {
    return undefined;
  }
  const { offset, size } = section;
  const available = Math.min(size, FRAME_BYTES_MAX);
  if (!image.bytes.holds(offset, available)) return undefined;
  const start = String.fromCharCode(
    ...image.bytes.reader.read(offset, available),
  );
  const found = FRAME.exec(start);
  if (found?.[1] === undefined) return undefined;
  const entry = entryOffset(image);
  const end = offset + found[0].length;
  if (entry !== undefined && entry >= offset && entry < end) return undefined;
  return { offset: offset + PREFIX_BYTES, length: found[1].length };
}

/** Offset of the first instruction by LC_MAIN, `entry_point_command`. */
function entryOffset(image: MachoImage): number | undefined {
  const command = image.commands.find((one) =>
    one.command === commandNumber("LC_MAIN") && one.length >= 24
  );
  return command === undefined
    ? undefined
    : image.bytes.u64(command.offset + 8);
}
