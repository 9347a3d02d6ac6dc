/**
 * The parts of COFF objects: header, section table, raw data, relocations,
 * line numbers, symbols and strings; and the two strings of a short import.
 *
 * Specification: PE Format, "Section Table (Section Headers)" (a section with
 * IMAGE_SCN_LNK_NRELOC_OVFL and 0xffff relocations keeps their count in the
 * first one), "COFF Relocations (Object Only)" (10 bytes each), "COFF Line
 * Numbers" (6 bytes each), "Import Header".
 *
 * @module
 */

import { isPrintable, type PeBytes } from "./pe_bytes.ts";
import type { ClaimMap } from "./pe_claims.ts";
import {
  claimFixed,
  COFF_HEADER,
  type FixedField,
  SECTION_HEADER,
} from "./pe_fields.ts";
import { claimSymbols, sectionLabel } from "./pe_symbols.ts";

/** Where the variants of an object keep what they share. */
export interface ObjectShape {
  /** 20, or 56 for `/bigobj`. */
  readonly headerBytes: number;
  /** Count of sections. */
  readonly sections: number;
  /** Offset of the pointer to the symbols, followed by their count. */
  readonly symbols: number;
  /** 18, or 20 for `/bigobj`. */
  readonly symbolBytes: number;
  /** Offset of the time stamp. */
  readonly stamp: number;
}

const BIGOBJ_HEADER: readonly FixedField[] = [
  ["signature", 4],
  ["version", 2],
  ["machine", 2],
  ["timestamp", 4],
  ["class-id", 16],
  ["size-of-data", 4],
  ["flags", 4],
  ["metadata-size", 4],
  ["metadata-offset", 4],
  ["number-of-sections", 4],
  ["pointer-to-symbol-table", 4],
  ["number-of-symbols", 4],
];

const IMPORT_HEADER: readonly FixedField[] = [
  ["signature", 4],
  ["version", 2],
  ["machine", 2],
  ["timestamp", 4],
  ["size-of-data", 4],
  ["ordinal", 2],
  ["type", 2],
];

const SECTION_BYTES = 40;
const RELOCATION_BYTES = 10;
const LINE_NUMBER_BYTES = 6;
const UNINITIALIZED = 0x80;
const RELOCATIONS_OVERFLOW = 0x01000000;
/** Past this many sections a header is one field instead of ten. */
const DETAILED_MAX = 1024;

/** Claims a whole object. */
export function claimObject(
  map: ClaimMap,
  bytes: PeBytes,
  shape: ObjectShape,
): void {
  const { headerBytes, sections } = shape;
  const tableEnd = headerBytes + sections * SECTION_BYTES;
  map.name("region", "headers", [0, tableEnd]);
  claimFixed(map, "header", {
    fields: headerBytes === 56 ? BIGOBJ_HEADER : COFF_HEADER,
    place: [0, headerBytes],
    except: ["timestamp"],
  });
  claimStamp(map, shape.stamp);
  const strings = claimSymbols(map, bytes, {
    offset: bytes.u32(shape.symbols),
    count: bytes.u32(shape.symbols + 4),
    symbolBytes: shape.symbolBytes,
    rank: "region",
  });
  for (let index = 0; index < sections; index++) {
    const header = headerBytes + index * SECTION_BYTES;
    const label = sectionLabel(bytes, header, strings);
    if (sections > DETAILED_MAX) {
      map.name("leaf", `section-table/${label}`, [header, SECTION_BYTES]);
    } else {
      claimFixed(map, `section-table/${label}`, {
        fields: SECTION_HEADER,
        place: [header, SECTION_BYTES],
      });
    }
    claimSection(map, bytes, { header, label });
  }
}

function claimSection(
  map: ClaimMap,
  bytes: PeBytes,
  { header, label }: { header: number; label: string },
): void {
  const flags = bytes.u32(header + 36);
  const [size, raw, relocations, lines] = [
    bytes.u32(header + 16),
    bytes.u32(header + 20),
    bytes.u32(header + 24),
    bytes.u32(header + 28),
  ];
  if (raw !== 0 && (flags & UNINITIALIZED) === 0) {
    map.name("region", label, [raw, size]);
  }
  let count = bytes.u16(header + 32);
  if (
    count === 0xffff && (flags & RELOCATIONS_OVERFLOW) !== 0 &&
    bytes.has(relocations, 4)
  ) count = bytes.u32(relocations);
  map.name("region", `${label}/relocations`, [
    relocations,
    count * RELOCATION_BYTES,
  ]);
  map.name("region", `${label}/line-numbers`, [
    lines,
    bytes.u16(header + 34) * LINE_NUMBER_BYTES,
  ]);
}

/** Claims a short import member: a header and two strings. */
export function claimShortImport(map: ClaimMap, bytes: PeBytes): void {
  map.name("region", "import", [0, bytes.size]);
  claimFixed(map, "header", {
    fields: IMPORT_HEADER,
    place: [0, 20],
    except: ["timestamp"],
  });
  claimStamp(map, 8);
  const size = bytes.u32(12);
  const symbol = bytes.text(20, 4096);
  const library = symbol === null ? null : bytes.text(21 + symbol.length, 4096);
  if (
    symbol === null || library === null || !isPrintable(library) ||
    20 + size !== bytes.size
  ) {
    map.problem(
      "layout-invalid",
      ["header/size-of-data", 12],
      `expected two names in the ${bytes.size - 20} bytes after the header, ` +
        `found a size of ${size}`,
    );
    return;
  }
  map.name("leaf", "import/symbol", [20, symbol.length + 1]);
  map.name("leaf", "import/library", [21 + symbol.length, library.length + 1]);
}

function claimStamp(map: ClaimMap, offset: number): void {
  map.claim({
    rank: "leaf",
    path: "header/timestamp",
    kind: "volatile",
    offset,
    length: 4,
    normalizer: "coff-timestamp",
  });
}
