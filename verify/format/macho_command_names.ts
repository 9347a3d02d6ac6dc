/**
 * Names of load commands (`mach-o/loader.h` of XNU, constants `LC_…`), as their
 * labels show them.
 *
 * @module
 */

const REQUIRED_BY_DYLD = 0x80000000;

const NAMES: readonly (readonly [number, string])[] = [
  [0x1, "LC_SEGMENT"],
  [0x2, "LC_SYMTAB"],
  [0x3, "LC_SYMSEG"],
  [0x4, "LC_THREAD"],
  [0x5, "LC_UNIXTHREAD"],
  [0x6, "LC_LOADFVMLIB"],
  [0x7, "LC_IDFVMLIB"],
  [0x8, "LC_IDENT"],
  [0x9, "LC_FVMFILE"],
  [0xa, "LC_PREPAGE"],
  [0xb, "LC_DYSYMTAB"],
  [0xc, "LC_LOAD_DYLIB"],
  [0xd, "LC_ID_DYLIB"],
  [0xe, "LC_LOAD_DYLINKER"],
  [0xf, "LC_ID_DYLINKER"],
  [0x10, "LC_PREBOUND_DYLIB"],
  [0x11, "LC_ROUTINES"],
  [0x12, "LC_SUB_FRAMEWORK"],
  [0x13, "LC_SUB_UMBRELLA"],
  [0x14, "LC_SUB_CLIENT"],
  [0x15, "LC_SUB_LIBRARY"],
  [0x16, "LC_TWOLEVEL_HINTS"],
  [0x17, "LC_PREBIND_CKSUM"],
  [0x18 | REQUIRED_BY_DYLD, "LC_LOAD_WEAK_DYLIB"],
  [0x19, "LC_SEGMENT_64"],
  [0x1a, "LC_ROUTINES_64"],
  [0x1b, "LC_UUID"],
  [0x1c | REQUIRED_BY_DYLD, "LC_RPATH"],
  [0x1d, "LC_CODE_SIGNATURE"],
  [0x1e, "LC_SEGMENT_SPLIT_INFO"],
  [0x1f | REQUIRED_BY_DYLD, "LC_REEXPORT_DYLIB"],
  [0x20, "LC_LAZY_LOAD_DYLIB"],
  [0x21, "LC_ENCRYPTION_INFO"],
  [0x22, "LC_DYLD_INFO"],
  [0x22 | REQUIRED_BY_DYLD, "LC_DYLD_INFO_ONLY"],
  [0x23 | REQUIRED_BY_DYLD, "LC_LOAD_UPWARD_DYLIB"],
  [0x24, "LC_VERSION_MIN_MACOSX"],
  [0x25, "LC_VERSION_MIN_IPHONEOS"],
  [0x26, "LC_FUNCTION_STARTS"],
  [0x27, "LC_DYLD_ENVIRONMENT"],
  [0x28 | REQUIRED_BY_DYLD, "LC_MAIN"],
  [0x29, "LC_DATA_IN_CODE"],
  [0x2a, "LC_SOURCE_VERSION"],
  [0x2b, "LC_DYLIB_CODE_SIGN_DRS"],
  [0x2c, "LC_ENCRYPTION_INFO_64"],
  [0x2d, "LC_LINKER_OPTION"],
  [0x2e, "LC_LINKER_OPTIMIZATION_HINT"],
  [0x2f, "LC_VERSION_MIN_TVOS"],
  [0x30, "LC_VERSION_MIN_WATCHOS"],
  [0x31, "LC_NOTE"],
  [0x32, "LC_BUILD_VERSION"],
  [0x33 | REQUIRED_BY_DYLD, "LC_DYLD_EXPORTS_TRIE"],
  [0x34 | REQUIRED_BY_DYLD, "LC_DYLD_CHAINED_FIXUPS"],
  [0x35 | REQUIRED_BY_DYLD, "LC_FILESET_ENTRY"],
  [0x36, "LC_ATOM_INFO"],
];

const BY_NUMBER = new Map(
  NAMES.map(([number, name]) => [number >>> 0, name]),
);
const BY_NAME = new Map(NAMES.map(([number, name]) => [name, number >>> 0]));

/** Name of a load command, or its number. */
export function commandName(command: number): string {
  return BY_NUMBER.get(command) ?? `LC_0x${command.toString(16)}`;
}

/** Number of a named load command. */
export function commandNumber(name: string): number | undefined {
  return BY_NAME.get(name);
}
