/**
 * Description of the Go build-id note (owner `Go`, type 4, section
 * `.note.go.buildid`): up to four ids with slashes between them, each a hash of
 * inputs or contents in base64 for URLs (Go source, cmd/internal/buildid).
 *
 * The action id hashes what the toolchain was given, so it cannot be computed
 * from the file. It is accounted for only beside another difference that
 * explains it: alone it says that something in the inputs differed.
 *
 * Must not hide: an id that differs alone, or build settings, which are content
 * of the program.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `elf-go-build-id` normaliser. */
export const elfGoBuildId: Normalizer = {
  id: "elf-go-build-id",
  format: "elf",
  action: "derive",
  summary: "Go build id of an ELF file, derived from inputs and contents",
  valid: (bytes) => GRAMMAR.test(new TextDecoder().decode(bytes)),
  derive: () => "not-recomputed",
  show: (bytes) => new TextDecoder().decode(bytes),
};

const GRAMMAR = /^[A-Za-z0-9_-]{1,64}(?:\/[A-Za-z0-9_-]{0,64}){1,3}$/;
