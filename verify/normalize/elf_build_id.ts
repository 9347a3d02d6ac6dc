/**
 * Description of the GNU build-id note (owner `GNU`, type 3): an identifier
 * that the linker computes from the output (GNU ld manual, `--build-id`), of 8,
 * 16 or 20 bytes for the styles fast, md5 or uuid, and sha1.
 *
 * The algorithm is the linker's own. That of GNU ld is computed again
 * (`gnu_ld_build_id.ts`); an id that comes out is known to follow from the
 * file. Where it does not come out, the linker may be another or the file was
 * stripped since, so the id counts as derived from other differences and is
 * accounted for only beside one: a build-id that differs alone is random, or
 * hides what it was computed from. Ids of other lengths were given on the
 * command line and are never accounted for.
 *
 * Must not hide: an identifier that differs alone, one of an unusual length, or
 * code and constants, which are never accounted for by it.
 *
 * @module
 */

import { gnuLdBuildId } from "./gnu_ld_build_id.ts";
import type { Normalizer } from "./normalizer.ts";
import { recomputingOf } from "./recompute_budget.ts";

/** The `elf-build-id` normaliser. */
export const elfBuildId: Normalizer = {
  id: "elf-build-id",
  format: "elf",
  action: "derive",
  summary: "Build-id of an ELF file, derived by the linker from the rest",
  valid: (bytes) => [8, 16, 20, 32].includes(bytes.length),
  derive(reader, field, layout) {
    if (field.length !== 16 && field.length !== 20) return "not-recomputed";
    recomputingOf(layout, reader.size).take(reader.size);
    const stored = Array.from(
      reader.read(field.offset, field.length),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join("");
    return gnuLdBuildId(reader, field) === stored ? "agrees" : "not-recomputed";
  },
};
