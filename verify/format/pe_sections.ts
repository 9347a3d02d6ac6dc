/**
 * The section table and the raw data of the sections.
 *
 * Specification: PE Format, "Section Table (Section Headers)". Raw data past
 * VirtualSize is padding up to the file alignment; it is loaded or ignored
 * depending on the page, may hide anything, and is therefore content under a
 * label of its own. The loader rounds PointerToRawData down to 512 bytes, so
 * another value makes tools and loader disagree on what is loaded.
 *
 * @module
 */

import type { PeBytes } from "./pe_bytes.ts";
import type { ClaimMap } from "./pe_claims.ts";
import { claimFixed, SECTION_HEADER } from "./pe_fields.ts";
import type { PeSection } from "./pe_image.ts";
import { sectionLabel, type SymbolTables } from "./pe_symbols.ts";
import { ADLER_BYTES, isZdebugName, zdebugHeaderBytes } from "./zdebug.ts";

const HEADER_BYTES = 40;
const SECTOR_BYTES = 512;
/** IMAGE_SCN_CNT_CODE and IMAGE_SCN_MEM_EXECUTE. */
const EXECUTABLE = 0x20000020;
/** IMAGE_SCN_MEM_DISCARDABLE: no program reads it. */
const DISCARDABLE = 0x02000000;
/** Past this many sections a header is one field instead of ten. */
const DETAILED_MAX = 1024;

/** Claims the section table and every region of raw data. */
export function claimSections(
  map: ClaimMap,
  bytes: PeBytes,
  options: {
    readonly table: number;
    readonly count: number;
    readonly strings: SymbolTables;
    readonly pagesAligned: boolean;
  },
): PeSection[] {
  const { table, strings, pagesAligned } = options;
  let { count } = options;
  const room = Math.floor((bytes.size - table) / HEADER_BYTES);
  if (count > room) {
    map.problem(
      "layout-truncated",
      ["section-table", table],
      `expected ${count} section headers, found room for ${room}`,
    );
    count = room;
  }
  const sections: PeSection[] = [];
  let addressMin = 0;
  for (let index = 0; index < count; index++) {
    const header = table + index * HEADER_BYTES;
    const label = sectionLabel(bytes, header, strings);
    claimHeader(map, `section-table/${label}`, { header, count });
    const section: PeSection = {
      label,
      virtualSize: bytes.u32(header + 8),
      virtualAddress: bytes.u32(header + 12),
      rawSize: bytes.u32(header + 16),
      rawOffset: bytes.u32(header + 20),
      executable: (bytes.u32(header + 36) & EXECUTABLE) !== 0,
    };
    if (section.virtualAddress < addressMin) {
      map.problem(
        "layout-overlap",
        [`section-table/${label}`, header + 12],
        `expected a virtual address of at least ${addressMin}, found ` +
          `${section.virtualAddress}`,
      );
    }
    addressMin = section.virtualAddress + section.virtualSize;
    if (section.rawOffset === 0 || section.rawSize === 0) continue;
    if (pagesAligned && section.rawOffset % SECTOR_BYTES !== 0) {
      map.problem(
        "layout-invalid",
        [`section-table/${label}`, header + 20],
        `expected raw data at a multiple of ${SECTOR_BYTES}, found ` +
          `${section.rawOffset}`,
      );
    }
    claimRawData(map, section);
    const flags = bytes.u32(header + 36);
    if (!section.executable && (flags & DISCARDABLE) !== 0) {
      claimCompressed(map, bytes, section);
    }
    sections.push(section);
  }
  return sections;
}

function claimHeader(
  map: ClaimMap,
  path: string,
  options: { header: number; count: number },
): void {
  const { header, count } = options;
  if (count > DETAILED_MAX) {
    map.name("leaf", path, [header, HEADER_BYTES]);
  } else {
    claimFixed(map, path, {
      fields: SECTION_HEADER,
      place: [header, HEADER_BYTES],
    });
  }
}

/** Debug information that is stored compressed holds a file of its own. */
function claimCompressed(
  map: ClaimMap,
  bytes: PeBytes,
  { label, rawOffset: offset, rawSize, virtualSize }: PeSection,
): void {
  if (!isZdebugName(label)) return;
  const size = Math.min(rawSize, virtualSize);
  const before = zdebugHeaderBytes({
    size: bytes.size,
    read: (at, length) => bytes.copy(at, length),
  }, { offset, size });
  if (before === undefined) return;
  const end = offset + size - ADLER_BYTES;
  map.frame(`${label}/header`, [offset, before]);
  map.claim({
    rank: "part",
    path: `${label}/contents`,
    kind: "content",
    offset: offset + before,
    length: end - offset - before,
    inner: "deflate",
  });
  map.frame(`${label}/adler32`, [end, ADLER_BYTES]);
}

function claimRawData(map: ClaimMap, section: PeSection): void {
  const { label, rawOffset, rawSize, virtualSize } = section;
  map.name("region", label, [rawOffset, rawSize]);
  const available = Math.min(rawSize, map.size - rawOffset);
  if (virtualSize > 0 && virtualSize < available) {
    map.name("part", `${label}/slack`, [
      rawOffset + virtualSize,
      available - virtualSize,
    ]);
  }
}
