/**
 * `wasm-producers`: the versions of tools in the `producers` custom section.
 *
 * Specification: WebAssembly tool-conventions, ProducersSection.md: a record of
 * the tools that made a module, which "has no semantic effects and can be
 * stripped at any time"; versions are "highly-variable" and "not checked
 * against any known list".
 *
 * Safe because no engine acts on it, and because only the version text of each
 * tool is accounted for.
 *
 * Must not hide: a tool or language that came, went or changed its name, the
 * count of tools, or anything else in the section. All of these are content,
 * and so is a section that breaks the grammar or a version that is not short
 * printable ASCII. That the compiler has the version that the lock names is
 * checked by the metadata gate, which reads these values itself; a policy that
 * wants equal versions leaves this normaliser out.
 *
 * @module
 */

import { isVersionText } from "../format/wasm_grammar.ts";
import type { Normalizer } from "./normalizer.ts";

/** Version of a tool that took part in making a module. */
export const wasmProducers: Normalizer = {
  id: "wasm-producers",
  format: "wasm",
  action: "mask",
  summary: "tool versions in the producers section of a WebAssembly module",
  valid: isVersionText,
  show(bytes: Uint8Array): string {
    return new TextDecoder().decode(bytes);
  },
};
