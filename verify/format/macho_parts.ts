/**
 * What load commands point to outside of sections (`mach-o/loader.h` of XNU):
 * symbol and string tables, the tables of LC_DYSYMTAB, the streams of dyld,
 * relocations and everything else in `__LINKEDIT`.
 *
 * @module
 */

import { commandName } from "./macho_command_names.ts";
import { LC, type MachoCommand, type MachoImage } from "./macho_image.ts";

/** A range of the file that a command names. */
export interface MachoPart {
  readonly label: string;
  readonly offset: number;
  readonly length: number;
}

/** Commands of the form `linkedit_data_command`: offset at 8, size at 12. */
const DATA_COMMANDS = new Map([
  ["LC_SEGMENT_SPLIT_INFO", "split-info"],
  ["LC_FUNCTION_STARTS", "function-starts"],
  ["LC_DATA_IN_CODE", "data-in-code"],
  ["LC_DYLIB_CODE_SIGN_DRS", "library-requirements"],
  ["LC_LINKER_OPTIMIZATION_HINT", "optimization-hints"],
  ["LC_DYLD_EXPORTS_TRIE", "exports"],
  ["LC_DYLD_CHAINED_FIXUPS", "chained-fixups"],
  ["LC_ATOM_INFO", "atom-info"],
]);

/** `dyld_info_command`: five pairs of offset and size from 8 on. */
const DYLD_INFO = [
  "rebase",
  "bind",
  "weak-bind",
  "lazy-bind",
  "exports",
] as const;

/** Pairs of LC_DYSYMTAB: where the offset is and how long one element is. */
const DYNAMIC_TABLES = [
  ["table-of-contents", 32, 8],
  ["modules", 40, 0],
  ["external-references", 48, 4],
  ["indirect-symbols", 56, 4],
  ["external-relocations", 64, 8],
  ["local-relocations", 72, 8],
] as const;

/** Every range outside of sections, symbols and signature, in any order. */
export function machoParts(image: MachoImage): MachoPart[] {
  const parts = image.commands.flatMap((command) => partsOf(image, command));
  for (const { sections } of image.segments) {
    for (const section of sections) {
      parts.push({
        label: `macho/relocations(${section.segment},${section.name})`,
        offset: section.relocations,
        length: section.relocationCount * 8,
      });
    }
  }
  return parts.filter(({ length, offset }) => length > 0 && offset > 0);
}

function partsOf(image: MachoImage, command: MachoCommand): MachoPart[] {
  const { bytes, wide } = image;
  const { offset: at, length } = command;
  const name = commandName(command.command);
  const data = DATA_COMMANDS.get(name);
  if (data !== undefined && length >= 16) {
    return [{
      label: `macho/${data}`,
      offset: bytes.u32(at + 8),
      length: bytes.u32(at + 12),
    }];
  }
  if (name === "LC_SYMTAB" && length >= 24) {
    return [{
      label: "macho/strings",
      offset: bytes.u32(at + 16),
      length: bytes.u32(at + 20),
    }];
  }
  if (name.startsWith("LC_DYLD_INFO") && length >= 48) {
    return DYLD_INFO.map((label, index) => ({
      label: `macho/${label}`,
      offset: bytes.u32(at + 8 + index * 8),
      length: bytes.u32(at + 12 + index * 8),
    }));
  }
  if (name === "LC_DYSYMTAB" && length >= 80) {
    return DYNAMIC_TABLES.map(([label, place, size]) => ({
      label: `macho/${label}`,
      offset: bytes.u32(at + place),
      // Modules have 52 bytes, 56 with 64 bits.
      length: bytes.u32(at + place + 4) * (size || (wide ? 56 : 52)),
    }));
  }
  if (name === "LC_TWOLEVEL_HINTS" && length >= 16) {
    return [{
      label: "macho/two-level-hints",
      offset: bytes.u32(at + 8),
      length: bytes.u32(at + 12) * 4,
    }];
  }
  if (name === "LC_NOTE" && length >= 40) {
    return [{
      label: "macho/note",
      offset: bytes.u64(at + 24),
      length: bytes.u64(at + 32),
    }];
  }
  return [];
}

/** Where the symbol table is, if there is one. */
export function symbolTable(
  image: MachoImage,
): { offset: number; count: number } | undefined {
  const command = image.commands.find((one) =>
    one.command === LC.SYMTAB && one.length >= 24
  );
  if (command === undefined) return undefined;
  return {
    offset: image.bytes.u32(command.offset + 8),
    count: image.bytes.u32(command.offset + 12),
  };
}
