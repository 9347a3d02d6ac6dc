/**
 * `macho-oso-mtime`: the modification time of an object file in the debug map.
 *
 * Specification: `mach-o/stab.h` of XNU, `N_OSO` 0x66: "object file name:
 * name,,0,0,st_mtime"; `mach-o/nlist.h` for the entry.
 *
 * Safe because debuggers alone read it, to tell whether the object file that
 * they find is the one that was linked; nothing of it is loaded.
 *
 * Must not hide: the path of the object file, the order of the entries or any
 * other symbol. Values beyond 32 bits are no time and never masked.
 *
 * @module
 */

import { symbolValue } from "../format/macho_symbols.ts";
import type { Normalizer } from "./normalizer.ts";
import { secondsText } from "./show.ts";

/** Time of an object file in a debug map. */
export const machoOsoMtime: Normalizer = {
  id: "macho-oso-mtime",
  format: "macho",
  action: "mask",
  summary: "times of object files in the debug map of Mach-O files",
  valid(bytes: Uint8Array): boolean {
    return symbolValue(bytes) !== undefined;
  },
  show(bytes: Uint8Array): string {
    return secondsText(symbolValue(bytes));
  },
};
