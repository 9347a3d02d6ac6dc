/**
 * A program as its loader sees it: sections with an address, a place in the
 * file and a name, whatever the format calls them. What moved between two
 * programs is found and told by these, see `moves.ts`.
 *
 * Specifications: System V gABI 4.1 (ELF); PE Format, "Optional Header" and
 * "Section Table"; `mach-o/loader.h` of XNU, `section` and `section_64`.
 *
 * @module
 */

import { readElf, SECTION } from "../format/elf_header.ts";
import { readMacho } from "../format/macho_image.ts";
import { MAGIC_PE32_PLUS } from "../format/pe_headers.ts";
import { PeBytes } from "../format/pe_bytes.ts";
import type { LaidOut } from "./compare_layouts.ts";

/** A section. */
export interface ImageSection {
  /** Number by which other sections of an ELF file refer to it. */
  readonly index: number;
  readonly name: string;
  /** Address of the first byte in memory. */
  readonly address: number;
  /** Place in the file. */
  readonly offset: number;
  readonly size: number;
  /** Whether the file holds its bytes. */
  readonly stored: boolean;
  /** Whether a program sees it; debug information is not loaded. */
  readonly loaded: boolean;
  readonly executable: boolean;
  /** Number of the section that one of ELF refers to. */
  readonly link: number;
}

/** Instructions in which addresses are looked for. */
export type Machine = "x86" | "arm64" | "other";

/** A program. */
export interface Image {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly machine: Machine;
  /** Address from which relative addresses count. */
  readonly base: number;
  readonly sections: readonly ImageSection[];
}

/** The program in a file; undefined for formats without addresses. */
export function imageOf(file: LaidOut): Image | undefined {
  switch (file.layout.format) {
    case "elf":
      return elfImage(file);
    case "pe":
      return peImage(file);
    case "macho":
      return machoImage(file);
    default:
      return undefined;
  }
}

const ELF_ALLOCATED = 2;
const ELF_EXECUTABLE = 4;
/** EM_386, EM_X86_64 and EM_AARCH64. */
const ELF_MACHINES = new Map<number, Machine>([
  [3, "x86"],
  [62, "x86"],
  [183, "arm64"],
]);

function elfImage({ reader }: LaidOut): Image {
  const headers = readElf(reader);
  return {
    is64: headers.is64,
    littleEndian: headers.littleEndian,
    machine: ELF_MACHINES.get(headers.machine) ?? "other",
    base: 0,
    sections: headers.sections
      .filter(({ type }) => type !== SECTION.null)
      .map(({ index, name, type, flags, address, offset, size, link }) => ({
        index,
        name,
        address,
        offset,
        size,
        link,
        stored: type !== SECTION.noBits,
        loaded: (flags & ELF_ALLOCATED) !== 0,
        executable: (flags & ELF_EXECUTABLE) !== 0,
      })),
  };
}

/** IMAGE_SCN_CNT_CODE and IMAGE_SCN_MEM_EXECUTE; IMAGE_SCN_MEM_DISCARDABLE. */
const PE_EXECUTABLE = 0x20000020;
const PE_DISCARDABLE = 0x02000000;
/** IMAGE_FILE_MACHINE_I386, _AMD64 and _ARM64. */
const PE_MACHINES = new Map<number, Machine>([
  [0x14c, "x86"],
  [0x8664, "x86"],
  [0xaa64, "arm64"],
]);

function peImage({ reader, layout }: LaidOut): Image | undefined {
  const bytes = new PeBytes(reader);
  const coff = bytes.u32(0x3c) + 4;
  const optional = coff + 20;
  if (!bytes.has(optional, 32)) return undefined;
  const wide = bytes.u16(optional) === MAGIC_PE32_PLUS;
  const base = wide
    ? bytes.u32(optional + 24) + bytes.u32(optional + 28) * 2 ** 32
    : bytes.u32(optional + 28);
  return {
    is64: wide,
    littleEndian: true,
    machine: PE_MACHINES.get(bytes.u16(coff)) ?? "other",
    base,
    sections: layout.fields.flatMap(({ path, offset: header }, index) => {
      const name = /^pe\/section-table\/(.+)\/name$/.exec(path)?.[1];
      if (name === undefined || !bytes.has(header, 40)) return [];
      const [virtual, address, raw, offset] = [8, 12, 16, 20]
        .map((at) => bytes.u32(header + at)) as [
          number,
          number,
          number,
          number,
        ];
      const flags = bytes.u32(header + 36);
      return [{
        index,
        name,
        address: base + address,
        offset,
        // What is behind the bytes in memory is padding, a field of its own.
        size: virtual === 0 ? raw : Math.min(virtual, raw),
        link: -1,
        stored: raw > 0,
        loaded: (flags & PE_DISCARDABLE) === 0,
        executable: (flags & PE_EXECUTABLE) !== 0,
      }];
    }),
  };
}

/** S_ATTR_PURE_INSTRUCTIONS and S_ATTR_SOME_INSTRUCTIONS. */
const MACHO_INSTRUCTIONS = 0x80000400;
/** S_ZEROFILL, S_GB_ZEROFILL and S_THREAD_LOCAL_ZEROFILL. */
const MACHO_ZEROS = new Set([0x1, 0xc, 0x12]);
/** CPU_TYPE_I386, _X86_64 and _ARM64. */
const MACHO_MACHINES = new Map<number, Machine>([
  [7, "x86"],
  [0x01000007, "x86"],
  [0x0100000c, "arm64"],
]);

function machoImage({ reader }: LaidOut): Image | undefined {
  const image = readMacho(reader);
  if (image === undefined) return undefined;
  const { bytes, wide } = image;
  const text = image.segments.find(({ name }) => name === "__TEXT");
  const addressAt = (at: number) => wide ? bytes.u64(at) : bytes.u32(at);
  return {
    is64: wide,
    littleEndian: bytes.littleEndian,
    machine: MACHO_MACHINES.get(bytes.u32(4)) ?? "other",
    // `vmaddr` of the segment command.
    base: text === undefined ? 0 : addressAt(text.command.offset + 24),
    sections: image.segments.flatMap((segment) =>
      segment.sections.map((section) => {
        const { name, header, offset, size, type } = section;
        const flags = bytes.u32(header + (wide ? 64 : 56));
        return {
          index: -1,
          name: `${section.segment},${name}`,
          address: addressAt(header + 32),
          offset,
          size,
          link: -1,
          stored: offset > 0 && segment.fileSize > 0 && !MACHO_ZEROS.has(type),
          loaded: section.segment !== "__DWARF",
          executable: (flags & MACHO_INSTRUCTIONS) !== 0,
        };
      })
    ),
  };
}
