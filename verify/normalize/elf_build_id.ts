/**
 * Description of the GNU build-id note (owner `GNU`, type 3): an identifier
 * that the linker computes from the output (GNU ld manual, `--build-id`), of 8,
 * 16 or 20 bytes for the styles fast, md5 or uuid, and sha1.
 *
 * The algorithm is the linker's own. Where it is not known here the id counts
 * as derived from other differences and is accounted for only beside one: a
 * build-id that differs alone is random, or hides what it was computed from.
 * Ids of other lengths were given on the command line and are never accounted
 * for.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `elf-build-id` normaliser. */
export const elfBuildId: Normalizer = {
  id: "elf-build-id",
  format: "elf",
  action: "derive",
  summary: "Build-id of an ELF file, derived by the linker from the rest",
  valid: (bytes) => [8, 16, 20, 32].includes(bytes.length),
  derive: () => "not-recomputed",
};
