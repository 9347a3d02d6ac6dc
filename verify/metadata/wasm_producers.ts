/**
 * The `producers` section of WebAssembly modules: the languages and tools that
 * a module says it comes from, each with a version (tool-conventions,
 * ProducersSection.md). The layout of the module has taken the section apart.
 *
 * @module
 */

import { wasm } from "../format/wasm.ts";
import type { Reader } from "../reader.ts";

/** One language or tool. */
export interface Producer {
  readonly field: "language" | "processed-by" | "sdk";
  readonly tool: string;
  /** May be empty. */
  readonly version: string;
}

/** A section that stands twice has a number behind its name. */
const PLACE =
  /^wasm\/(producers(?:#\d+)?)\/(language|processed-by|sdk)\/(\d+)\/(tool|version)$/;

/**
 * The producers of all such sections in file order; null for a file that is no module or has no
 * section that fits its grammar, or that a limit kept from being laid out.
 */
export function wasmProducers(reader: Reader): readonly Producer[] | null {
  if (!wasm.detect(reader)) return null;
  const decoder = new TextDecoder();
  const found = new Map<string, { -readonly [K in keyof Producer]: string }>();
  const { fields, limited } = wasm.layout(reader);
  if (limited) return null;
  for (const { path, offset, length } of fields) {
    const [, section = "", field = "", index = "", part] = PLACE.exec(path) ??
      [];
    if (part === undefined) continue;
    const place = `${section}/${field}/${index}`;
    const entry = found.get(place) ?? { field, tool: "", version: "" };
    entry[part === "tool" ? "tool" : "version"] = decoder.decode(
      reader.read(offset, length),
    );
    found.set(place, entry);
  }
  return found.size === 0 ? null : [...found.values()] as Producer[];
}
