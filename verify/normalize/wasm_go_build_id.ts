/**
 * `wasm-go-build-id`: the text of the `go:buildid` custom section, which the
 * Go linker writes into every WebAssembly program.
 *
 * Specification: the Go toolchain, `cmd/go/internal/work/buildid.go`: hashes of
 * the action that built the program and of its content, in base 64, separated
 * by slashes. A custom section has no effect on the program (WebAssembly Core
 * 3.0, section 5.5.3); the go command reads the text to decide whether a
 * program is up to date, and a program never does.
 *
 * Safe because it is a digest of the inputs and of the rest of the file. Not
 * recomputed: the action part depends on the toolchain's own build.
 *
 * Must not hide: text that is not a build id, or longer than one. Such a
 * section is content.
 *
 * @module
 */

import { goBuildId } from "../format/wasm_grammar.ts";
import type { Normalizer } from "./normalizer.ts";

/** The Go toolchain's identifier of a program. */
export const wasmGoBuildId: Normalizer = {
  id: "wasm-go-build-id",
  format: "wasm",
  action: "derive",
  summary: "Go build id of a WebAssembly program",
  valid: goBuildId,
  derive() {
    return "not-recomputed";
  },
  show(bytes: Uint8Array): string {
    return new TextDecoder().decode(bytes);
  },
};
