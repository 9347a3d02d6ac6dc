/**
 * `macho-go-build-id`: the build id of a Go program for macOS.
 *
 * Specification: Go source, cmd/internal/buildid and cmd/go/internal/work:
 * up to four ids with slashes between them, each a hash of inputs or contents
 * in base64 for URLs.
 *
 * Safe because the program never reads it and it lies in front of all
 * functions. Not recomputed: an action id hashes what the toolchain was given,
 * so it only counts as derived from differences that are explained on their
 * own.
 *
 * Must not hide: code. Only marked at the very start of `__TEXT,__text` within
 * its frame and away from the entry point; bytes outside the grammar of an id
 * are never accounted for.
 *
 * @module
 */

import { goBuildId } from "../format/wasm_grammar.ts";
import type { Normalizer } from "./normalizer.ts";

/** Go build id of a Mach-O file. */
export const machoGoBuildId: Normalizer = {
  id: "macho-go-build-id",
  format: "macho",
  action: "derive",
  summary: "Go build id of a Mach-O file, derived from inputs and contents",
  valid: goBuildId,
  derive: () => "not-recomputed",
  show(bytes: Uint8Array): string {
    return String.fromCharCode(...bytes);
  },
};
