/**
 * `macho-dylib-timestamp`: the time stamp in a command that names a library
 * (LC_ID_DYLIB, LC_LOAD_DYLIB and its kin).
 *
 * Specification: `mach-o/loader.h` of XNU, `struct dylib`: "library's build
 * time stamp", 32 bits. Linkers write 0, 1 or 2 today.
 *
 * Safe because dyld checks versions, not the stamp; only prebinding, gone for
 * long, looked at it.
 *
 * Must not hide: the library's name, its versions or the kind of the command;
 * these are content and part of the label.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Time stamp of a library command. */
export const machoDylibTimestamp: Normalizer = {
  id: "macho-dylib-timestamp",
  format: "macho",
  action: "mask",
  summary: "time stamps of library commands of Mach-O files",
  valid(bytes: Uint8Array): boolean {
    return bytes.length === 4;
  },
};
