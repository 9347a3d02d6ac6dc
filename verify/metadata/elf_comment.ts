/**
 * The `.comment` section of ELF files: one string from each tool that had a
 * hand in the object files, such as `GCC: (Debian 12.2.0-14) 12.2.0` and
 * `rustc version 1.95.0 (59807616e 2026-04-14)`; linkers merge equal ones
 * (System V gABI 4.1, figure 4-16; ELF `SHF_MERGE` and `SHF_STRINGS`).
 *
 * @module
 */

import { fits, isElf, readElf, SECTION } from "../format/elf_header.ts";
import { LIMITS } from "../limits.ts";
import type { Reader } from "../reader.ts";

/**
 * Distinct strings of every `.comment` section, in file order; null for a file
 * that has none or whose section or section headers are out of range or past
 * a limit.
 */
export function elfComment(reader: Reader): readonly string[] | null {
  if (!isElf(reader)) return null;
  const headers = readElf(reader);
  // A section that is not listed may contradict those that are.
  if (headers.flaws.some(({ path }) => path === "elf/section-headers")) {
    return null;
  }
  const sections = headers.sections.filter(({ name, type }) =>
    name === ".comment" && type !== SECTION.noBits
  );
  if (sections.length === 0) return null;
  const found = new Set<string>();
  for (const { offset, size } of sections) {
    if (
      size > LIMITS.metadataSectionBytesMax || !fits(reader, offset, size)
    ) return null;
    const text = new TextDecoder().decode(reader.read(offset, size));
    for (const part of text.split("\0")) if (part !== "") found.add(part);
  }
  return [...found];
}
