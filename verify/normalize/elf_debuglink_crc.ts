/**
 * CRC32 at the end of `.gnu_debuglink`, over the separate file of debug
 * information (GDB manual, "Separate Debug Files").
 *
 * The other file is not at hand, so the value is not computed again. It is
 * accounted for only beside another difference that explains it. The name in
 * the same section is content.
 *
 * Must not hide: the name of the separate file, or a checksum that differs
 * alone.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `elf-debuglink-crc` normaliser. */
export const elfDebuglinkCrc: Normalizer = {
  id: "elf-debuglink-crc",
  format: "elf",
  action: "derive",
  summary: "CRC32 of the separate debug file that an ELF file names",
  valid: (bytes) => bytes.length === 4,
  derive: () => "not-recomputed",
};
