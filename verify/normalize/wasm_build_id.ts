/**
 * `wasm-build-id`: the bytes of the `build_id` custom section.
 *
 * Specification: WebAssembly tool-conventions, BuildId.md. The section "has no
 * semantic effects and can be stripped at any time"; size and method of the
 * identifier are left to the linker (lld: a hash of the output, a random UUID
 * or a value of the user).
 *
 * Safe because no engine acts on a custom section and the identifier only
 * matches a module with its debug information. Not recomputed: the hashes are
 * not specified, so it is accounted for as derived from other differences.
 *
 * Must not hide: another length of the identifier (another method), bytes
 * after it, or any other section. The length is a field of its own, and a
 * section with anything but one identifier is content.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** Longest identifier in bytes; the longest known hash has 64. */
const ID_BYTES_MAX = 64;

/** The identifier of a WebAssembly module. */
export const wasmBuildId: Normalizer = {
  id: "wasm-build-id",
  format: "wasm",
  action: "derive",
  summary: "build identifier of a WebAssembly module",
  valid(bytes: Uint8Array): boolean {
    return bytes.length > 0 && bytes.length <= ID_BYTES_MAX;
  },
  derive() {
    return "not-recomputed";
  },
};
