/**
 * The fixed structures of PE and COFF headers as lists of names and sizes, in
 * the order of the Microsoft PE Format specification: "COFF File Header",
 * "Optional Header Standard Fields", "Optional Header Windows-Specific
 * Fields", "Optional Header Data Directories", "Section Table".
 *
 * @module
 */

import type { ClaimMap } from "./pe_claims.ts";

/** Name and size in bytes of one field. */
export type FixedField = readonly [name: string, length: number];

/** COFF file header, 20 bytes. */
export const COFF_HEADER: readonly FixedField[] = [
  ["machine", 2],
  ["number-of-sections", 2],
  ["timestamp", 4],
  ["pointer-to-symbol-table", 4],
  ["number-of-symbols", 4],
  ["size-of-optional-header", 2],
  ["characteristics", 2],
];

const STANDARD: readonly FixedField[] = [
  ["magic", 2],
  ["linker-version", 2],
  ["size-of-code", 4],
  ["size-of-initialized-data", 4],
  ["size-of-uninitialized-data", 4],
  ["entry-point", 4],
  ["base-of-code", 4],
];

const WINDOWS_MIDDLE: readonly FixedField[] = [
  ["section-alignment", 4],
  ["file-alignment", 4],
  ["operating-system-version", 4],
  ["image-version", 4],
  ["subsystem-version", 4],
  ["win32-version-value", 4],
  ["size-of-image", 4],
  ["size-of-headers", 4],
  ["checksum", 4],
  ["subsystem", 2],
  ["dll-characteristics", 2],
];

/** Optional header of PE32 up to the directories, 96 bytes. */
export const OPTIONAL_HEADER_32: readonly FixedField[] = [
  ...STANDARD,
  ["base-of-data", 4],
  ["image-base", 4],
  ...WINDOWS_MIDDLE,
  ["stack-reserve", 4],
  ["stack-commit", 4],
  ["heap-reserve", 4],
  ["heap-commit", 4],
  ["loader-flags", 4],
  ["number-of-directories", 4],
];

/** Optional header of PE32+ up to the directories, 112 bytes. */
export const OPTIONAL_HEADER_64: readonly FixedField[] = [
  ...STANDARD,
  ["image-base", 8],
  ...WINDOWS_MIDDLE,
  ["stack-reserve", 8],
  ["stack-commit", 8],
  ["heap-reserve", 8],
  ["heap-commit", 8],
  ["loader-flags", 4],
  ["number-of-directories", 4],
];

/** Data directories in the order of their indices. */
export const DIRECTORIES = [
  "export",
  "import",
  "resource",
  "exception",
  "certificate",
  "base-relocation",
  "debug",
  "architecture",
  "global-pointer",
  "tls",
  "load-config",
  "bound-import",
  "import-address-table",
  "delay-import",
  "cli-header",
  "reserved",
] as const;

/** Name of a data directory. */
export type DirectoryName = typeof DIRECTORIES[number];

/** Section header, 40 bytes. */
export const SECTION_HEADER: readonly FixedField[] = [
  ["name", 8],
  ["virtual-size", 4],
  ["virtual-address", 4],
  ["size-of-raw-data", 4],
  ["pointer-to-raw-data", 4],
  ["pointer-to-relocations", 4],
  ["pointer-to-line-numbers", 4],
  ["number-of-relocations", 2],
  ["number-of-line-numbers", 2],
  ["characteristics", 4],
];

/**
 * Claims a fixed structure field by field, as content.
 *
 * @param path Label of the structure.
 * @param place Offset, and how many bytes of it there are.
 * @param except Names that the caller claims itself.
 * @returns Offset of each field by name, of all that lie within the bytes.
 */
export function claimFixed(
  map: ClaimMap,
  path: string,
  options: {
    readonly fields: readonly FixedField[];
    readonly place: readonly [number, number];
    readonly except?: readonly string[];
  },
): Map<string, number> {
  const [start, available] = options.place;
  const offsets = new Map<string, number>();
  let at = 0;
  for (const [name, length] of options.fields) {
    if (at + length > available) break;
    offsets.set(name, start + at);
    if (options.except?.includes(name) !== true) {
      map.name("leaf", `${path}/${name}`, [start + at, length]);
    }
    at += length;
  }
  return offsets;
}
