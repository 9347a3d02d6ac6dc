/**
 * The symbol table (`mach-o/nlist.h` of XNU): entries of 12 bytes, 16 with 64
 * bits. The value of an `N_OSO` entry (`mach-o/stab.h`: 0x66, "object file
 * name") is the modification time of the object file, which debuggers hold
 * against the file that they find; it is volatile. All else is content.
 *
 * @module
 */

import type { LedgerBuilder } from "./ledger.ts";
import { view } from "./macho_bytes.ts";
import type { MachoImage } from "./macho_image.ts";
import { symbolTable } from "./macho_parts.ts";

const N_OSO = 0x66;
const CHUNK_ENTRIES = 4096;
/** Tables with more object files than this are one field. */
const OBJECTS_MAX = 20_000;

/** Claims the symbol table. */
export function claimSymbols(ledger: LedgerBuilder, image: MachoImage): void {
  const table = symbolTable(image);
  if (table === undefined || table.count === 0) return;
  const size = image.wide ? 16 : 12;
  const length = table.count * size;
  if (
    !image.bytes.holds(table.offset, length) ||
    liesInCode(image, table.offset, length)
  ) {
    ledger.claim("macho/symbols", "content", { offset: table.offset, length });
    return;
  }
  const times = objectTimes(image, table, size);
  const start = table.offset;
  let at = start;
  for (const [index, offset] of times.entries()) {
    claimRun(ledger, index, at, offset);
    ledger.claim(
      `macho/symbols/object-${index}/mtime`,
      "volatile",
      { offset, length: size - 8 },
      { normalizer: "macho-oso-mtime" },
    );
    at = offset + size - 8;
  }
  claimRun(ledger, times.length, at, start + length);
}

/** A table that a command places in code is no table of symbols. */
function liesInCode(
  { segments }: MachoImage,
  offset: number,
  length: number,
): boolean {
  return segments.some(({ executable, fileOffset, fileSize }) =>
    executable && offset < fileOffset + fileSize &&
    fileOffset < offset + length
  );
}

function claimRun(
  ledger: LedgerBuilder,
  index: number,
  offset: number,
  end: number,
): void {
  const label = index === 0 ? "macho/symbols" : `macho/symbols/run-${index}`;
  if (end > offset) {
    ledger.claim(label, "content", { offset, length: end - offset });
  }
}

/** Offsets of the values of the `N_OSO` entries. */
function objectTimes(
  image: MachoImage,
  table: { readonly offset: number; readonly count: number },
  size: number,
): number[] {
  const offsets: number[] = [];
  for (let first = 0; first < table.count; first += CHUNK_ENTRIES) {
    const count = Math.min(CHUNK_ENTRIES, table.count - first);
    const start = table.offset + first * size;
    const bytes = image.bytes.reader.read(start, count * size);
    for (let index = 0; index < count; index++) {
      if (bytes[index * size + 4] !== N_OSO) continue;
      offsets.push(start + index * size + 8);
      if (offsets.length > OBJECTS_MAX) return [];
    }
  }
  return offsets;
}

/** Value of a symbol, for the normaliser: little endian first, then big. */
export function symbolValue(bytes: Uint8Array): number | undefined {
  if (bytes.length === 4) return view(bytes).getUint32(0, true);
  if (bytes.length !== 8) return undefined;
  const little = view(bytes).getUint32(4, true) === 0;
  const big = view(bytes).getUint32(0, false) === 0;
  if (!little && !big) return undefined;
  return little
    ? view(bytes).getUint32(0, true)
    : view(bytes).getUint32(4, false);
}
