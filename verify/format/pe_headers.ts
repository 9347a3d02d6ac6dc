/**
 * The headers of a PE image: COFF header, optional header with its data
 * directories, section table; and the regions that they describe.
 *
 * Specification: PE Format, "COFF File Header", "Optional Header (Image
 * Only)", "Section Table (Section Headers)". `SizeOfOptionalHeader` and
 * `NumberOfRvaAndSizes` both bound the directories, so a probe past either is
 * a problem. CheckSum stands at offset 64 of the optional header in PE32 and
 * in PE32+ alike; the Certificate Table entry at 128 and 144.
 *
 * @module
 */

import type { PeBytes } from "./pe_bytes.ts";
import type { ClaimMap } from "./pe_claims.ts";
import {
  claimFixed,
  COFF_HEADER,
  DIRECTORIES,
  type DirectoryName,
  OPTIONAL_HEADER_32,
  OPTIONAL_HEADER_64,
} from "./pe_fields.ts";
import { type PeDirectory, PeImage } from "./pe_image.ts";
import { claimDosPart } from "./pe_rich.ts";
import { claimSections } from "./pe_sections.ts";
import { claimSymbols } from "./pe_symbols.ts";

/** Magic number of the optional header of PE32. */
export const MAGIC_PE32 = 0x10b;
/** Magic number of the optional header of PE32+. */
export const MAGIC_PE32_PLUS = 0x20b;

const COFF_HEADER_BYTES = 20;
const SECTION_HEADER_BYTES = 40;

/**
 * Claims all headers and sections.
 *
 * @returns What the other parts need, or null when the headers end early.
 */
export function claimHeaders(map: ClaimMap, bytes: PeBytes): PeImage | null {
  const peOffset = bytes.u32(0x3c);
  const coff = peOffset + 4;
  claimDosPart(map, bytes, peOffset);
  map.frame("signature", [peOffset, 4]);
  if (!bytes.has(coff, COFF_HEADER_BYTES)) {
    return endsEarly(map, "coff", coff);
  }
  claimFixed(map, "coff", {
    fields: COFF_HEADER,
    place: [coff, COFF_HEADER_BYTES],
    except: ["timestamp"],
  });
  const sectionCount = bytes.u16(coff + 2);
  const optional = coff + COFF_HEADER_BYTES;
  const optionalBytes = bytes.u16(coff + 16);
  if (!bytes.has(optional, optionalBytes)) {
    return endsEarly(map, "optional", optional);
  }
  const magic = optionalBytes >= 2 ? bytes.u16(optional) : 0;
  const wide = magic === MAGIC_PE32_PLUS;
  const fixed = wide ? OPTIONAL_HEADER_64 : OPTIONAL_HEADER_32;
  const fixedBytes = wide ? 112 : 96;
  if (!wide && magic !== MAGIC_PE32 || optionalBytes < fixedBytes) {
    map.problem(
      magic === 0x107 ? "layout-unsupported" : "layout-invalid",
      ["optional/magic", optional],
      `expected an optional header of PE32 or PE32+, found magic ${magic} ` +
        `and ${optionalBytes} bytes`,
    );
    map.name("region", "headers", [0, optional + optionalBytes]);
    return null;
  }
  const at = claimFixed(map, "optional", {
    fields: fixed,
    place: [optional, optionalBytes],
    except: ["checksum"],
  });
  const word = (name: string) => bytes.u32(at.get(name) ?? optional);
  // Zero says that the linker did not set it, so nothing can be derived.
  const unset = bytes.u32(optional + 64) === 0;
  map.claim({
    rank: "leaf",
    path: "optional/checksum",
    offset: optional + 64,
    length: 4,
    ...(unset
      ? { kind: "content" }
      : { kind: "derived", normalizer: "pe-checksum" }),
  });
  const directories = claimDirectories(map, bytes, {
    start: optional + fixedBytes,
    end: optional + optionalBytes,
    count: word("number-of-directories"),
  });
  const table = optional + optionalBytes;
  const tableEnd = table + sectionCount * SECTION_HEADER_BYTES;
  const headerBytes = word("size-of-headers");
  if (headerBytes < tableEnd || headerBytes > bytes.size) {
    map.problem(
      "layout-out-of-range",
      ["optional/size-of-headers", at.get("size-of-headers") ?? optional],
      `expected from ${tableEnd} to ${bytes.size} bytes of headers, found ` +
        `${headerBytes}`,
    );
  }
  const headersEnd = Math.min(Math.max(headerBytes, tableEnd), bytes.size);
  map.name("region", "headers", [0, headersEnd]);
  const strings = claimSymbols(map, bytes, {
    offset: bytes.u32(coff + 8),
    count: bytes.u32(coff + 12),
    symbolBytes: 18,
    rank: "part",
  });
  const sections = claimSections(map, bytes, {
    table,
    count: sectionCount,
    strings,
    pagesAligned: word("section-alignment") >= 4096,
  });
  return new PeImage({
    map,
    bytes,
    wide,
    entryPoint: word("entry-point"),
    directories,
    headerBytes: headersEnd,
    sections,
    end: sections.reduce(
      (end, one) => Math.max(end, one.rawOffset + one.rawSize),
      Math.max(headersEnd, strings.stringsEnd),
    ),
  });
}

/** Claims the COFF time stamp, once the debug directory has been read. */
export function claimImageStamp(image: PeImage): void {
  image.stamp(
    "coff/timestamp",
    image.bytes.u32(0x3c) + 8,
    "pe-timestamp",
  );
}

function claimDirectories(
  map: ClaimMap,
  bytes: PeBytes,
  options: { start: number; end: number; count: number },
): Map<DirectoryName, PeDirectory> {
  const { start, end, count } = options;
  const room = Math.floor((end - start) / 8);
  const most = Math.min(room, DIRECTORIES.length);
  if (count > most) {
    map.problem(
      "layout-out-of-range",
      ["optional/number-of-directories", start - 4],
      `expected at most ${most} data directories, found ${count}`,
    );
  }
  const directories = new Map<DirectoryName, PeDirectory>();
  const used = Math.min(count, most);
  DIRECTORIES.slice(0, used).forEach((name, index) => {
    const at = start + index * 8;
    map.name("leaf", `directory/${name}`, [at, 8]);
    directories.set(name, { address: bytes.u32(at), size: bytes.u32(at + 4) });
  });
  const rest = start + used * 8;
  map.name("leaf", "optional/rest", [rest, end - rest]);
  return directories;
}

function endsEarly(map: ClaimMap, path: string, offset: number): null {
  map.problem(
    "layout-truncated",
    [path, offset],
    `expected headers at ${offset}, found the end of the file ` +
      `at ${map.size}`,
  );
  map.name("region", "headers", [0, map.size]);
  return null;
}
