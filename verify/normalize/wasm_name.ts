/**
 * `wasm-name`: the subsections of the `name` custom section.
 *
 * Specification: WebAssembly Core 3.0, appendix "Custom Sections", "Name
 * Section": names for debuggers and for the text format, without an effect on
 * the semantics; sections 2.5 and 5.5.3 on custom sections.
 *
 * Safe because no instruction can observe a name: engines use them in stack
 * traces only. A hash suffix of a symbol changes here without any change of
 * code.
 *
 * Must not hide: any other section, bytes that are not names (each subsection
 * is parsed: lengths, UTF-8, strictly increasing indices, nothing left over), a
 * subsection that came or went, or the exports and imports, whose names are
 * observable and live in sections of their own. A host that reads the section
 * through `WebAssembly.Module.customSections` does observe it; a policy for
 * such hosts leaves this normaliser out.
 *
 * @module
 */

import { isAnyNameSubsection } from "../format/wasm_names.ts";
import type { Normalizer } from "./normalizer.ts";

/** Debug names of functions, locals and other definitions. */
export const wasmName: Normalizer = {
  id: "wasm-name",
  format: "wasm",
  action: "mask",
  summary: "debug names of a WebAssembly module",
  valid: isAnyNameSubsection,
};
