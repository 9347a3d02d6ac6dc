/**
 * The symbol in front of a place in a Mach-O section (`mach-o/nlist.h` of XNU):
 * of the symbols defined in the section, the one with the highest address that
 * is not behind the place. Symbols have no size there.
 *
 * @module
 */

import { escapeText } from "../escape.ts";
import type { Field } from "../format/layout.ts";
import { text, view } from "../format/macho_bytes.ts";
import {
  LC,
  type MachoImage,
  type MachoSection,
  readMacho,
} from "../format/macho_image.ts";
import type { Reader } from "../reader.ts";

const N_STAB = 0xe0;
const N_TYPE = 0x0e;
const N_SECT = 0x0e;
const CHUNK_SYMBOLS = 4096;
const SYMBOLS_MAX = 2_000_000;
const NAME_BYTES_MAX = 200;

/** `"_main"+0x1c`, or undefined when no symbol is in front of the place. */
export function machoSymbolAt(
  { reader, field }: { readonly reader: Reader; readonly field: Field },
  start: number,
): string | undefined {
  const image = readMacho(reader);
  if (image === undefined) return undefined;
  const place = field.offset + start;
  const sections = image.segments.flatMap((segment) => segment.sections);
  const home = sections.findIndex(({ offset, size }) =>
    offset > 0 && place >= offset && place < offset + size
  );
  const section = sections[home];
  if (section === undefined) return undefined;
  const address = addressOf(image, section) + place - section.offset;
  const found = search(image, home + 1, address);
  return found === undefined
    ? undefined
    : `"${escapeText(found.name)}"+0x${(address - found.value).toString(16)}`;
}

function addressOf(image: MachoImage, section: MachoSection): number {
  const at = section.header + 32;
  return image.wide ? image.bytes.u64(at) : image.bytes.u32(at);
}

function search(
  image: MachoImage,
  ordinal: number,
  address: number,
): { name: string; value: number } | undefined {
  const { bytes, wide } = image;
  const command = image.commands.find((one) =>
    one.command === LC.SYMTAB && one.length >= 24
  );
  if (command === undefined) return undefined;
  const [offset, count, strings, stringsSize] = [8, 12, 16, 20].map((at) =>
    bytes.u32(command.offset + at)
  ) as [number, number, number, number];
  const size = wide ? 16 : 12;
  if (count > SYMBOLS_MAX || !bytes.holds(offset, count * size)) {
    return undefined;
  }
  let best: { name: number; value: number } | undefined;
  for (let first = 0; first < count; first += CHUNK_SYMBOLS) {
    const length = Math.min(CHUNK_SYMBOLS, count - first);
    const chunk = view(
      bytes.reader.read(offset + first * size, length * size),
    );
    for (let at = 0; at < length * size; at += size) {
      const type = chunk.getUint8(at + 4);
      if ((type & N_STAB) !== 0 || (type & N_TYPE) !== N_SECT) continue;
      if (chunk.getUint8(at + 5) !== ordinal) continue;
      const value = wide
        ? Number(chunk.getBigUint64(at + 8, bytes.littleEndian))
        : chunk.getUint32(at + 8, bytes.littleEndian);
      if (value > address || best !== undefined && value <= best.value) {
        continue;
      }
      best = { name: chunk.getUint32(at, bytes.littleEndian), value };
    }
  }
  if (best === undefined || best.name >= stringsSize) return undefined;
  const start = strings + best.name;
  const length = Math.min(NAME_BYTES_MAX, stringsSize - best.name);
  if (!bytes.holds(start, length)) return undefined;
  return {
    name: text(bytes.reader.read(start, length)),
    value: best.value,
  };
}
