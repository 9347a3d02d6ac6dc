/**
 * `macho-uuid`: the identifier in LC_UUID.
 *
 * Specification: `mach-o/loader.h` of XNU, `uuid_command`: "a single 128-bit
 * unique random number that identifies an object produced by the static link
 * editor". Linkers hash their output into it, each in its own way (ld64, lld,
 * the Go linker), or draw it at random.
 *
 * Safe because it matches a binary with its debug information and crash
 * reports. Not recomputed: the hashes are not specified, so it is accounted
 * for only beside another difference that explains it.
 *
 * Must not hide: a command that came or went, or all zeros on one side; the
 * command is content, and a zero identifier is not valid.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Identifier of a Mach-O file. */
export const machoUuid: Normalizer = {
  id: "macho-uuid",
  format: "macho",
  action: "derive",
  summary: "LC_UUID of a Mach-O file",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 16 && bytes.some((byte) => byte !== 0);
  },
  derive: () => "not-recomputed",
  show(bytes: Uint8Array): string {
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
      .join("").toUpperCase();
    return [8, 12, 16, 20, 32].map((end, index, ends) =>
      hex.slice(ends[index - 1] ?? 0, end)
    ).join("-");
  },
};
