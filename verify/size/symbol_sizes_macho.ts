/**
 * Sizes of the symbols of a thin Mach-O file (`mach-o/nlist.h` of XNU), section
 * by section; sections that take no bytes of the file have none.
 *
 * @module
 */

import { text, view } from "../format/macho_bytes.ts";
import { LC, type MachoImage, readMacho } from "../format/macho_image.ts";
import type { Reader } from "../reader.ts";
import { type PlacedSymbol, symbolDistances } from "./symbol_distances.ts";
import type { SizedSymbol } from "./symbol_sizes.ts";

const N_STAB = 0xe0;
const N_TYPE = 0x0e;
const N_SECT = 0x0e;
const SYMBOLS_MAX = 2_000_000;
const CHUNK_SYMBOLS = 4096;
const NAME_BYTES_MAX = 200;

/** Every symbol that is defined in a section. */
export function machoSymbolSizes(reader: Reader): SizedSymbol[] {
  const image = readMacho(reader);
  if (image === undefined) return [];
  const bySection = readSymbols(image);
  return image.segments.flatMap(({ sections }) => sections).flatMap(
    ({ offset, size, header }, index) => {
      const address = image.wide
        ? image.bytes.u64(header + 32)
        : image.bytes.u32(header + 32);
      const own = bySection.get(index + 1) ?? [];
      return offset === 0 ? [] : symbolDistances(
        own.map(({ name, at }) => ({ name, at: at - address })),
        size,
      );
    },
  );
}

/** Symbols by the number of their section, at their addresses. */
function readSymbols(image: MachoImage): Map<number, PlacedSymbol[]> {
  const found = new Map<number, PlacedSymbol[]>();
  const { bytes, wide } = image;
  const command = image.commands.find((one) =>
    one.command === LC.SYMTAB && one.length >= 24
  );
  if (command === undefined) return found;
  const [offset = 0, count = 0, strings = 0, stringsSize = 0] = [8, 12, 16, 20]
    .map((at) => bytes.u32(command.offset + at));
  const step = wide ? 16 : 12;
  if (count > SYMBOLS_MAX || !bytes.holds(offset, count * step)) return found;
  const nameAt = (index: number) => {
    const length = Math.min(NAME_BYTES_MAX, stringsSize - index);
    return length > 0 && bytes.holds(strings + index, length)
      ? text(bytes.reader.read(strings + index, length))
      : "";
  };
  for (let first = 0; first < count; first += CHUNK_SYMBOLS) {
    const length = Math.min(CHUNK_SYMBOLS, count - first);
    // Copied, because names are read in between.
    const chunk = view(
      bytes.reader.read(offset + first * step, length * step).slice(),
    );
    for (let at = 0; at < length * step; at += step) {
      const type = chunk.getUint8(at + 4);
      if ((type & N_STAB) !== 0 || (type & N_TYPE) !== N_SECT) continue;
      const section = chunk.getUint8(at + 5);
      const list = found.get(section) ?? [];
      list.push({
        name: nameAt(chunk.getUint32(at, bytes.littleEndian)),
        at: wide
          ? Number(chunk.getBigUint64(at + 8, bytes.littleEndian))
          : chunk.getUint32(at + 8, bytes.littleEndian),
      });
      found.set(section, list);
    }
  }
  return found;
}
