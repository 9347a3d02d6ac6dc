/**
 * Names and order of the sections of WebAssembly binaries: core modules
 * (WebAssembly Core 3.0, section 5.5.2) and components (Component Model,
 * Binary.md, "Component Definitions"). A core module may hold each section but
 * the custom ones once, in the order of `MODULE_ORDER`; a component may repeat
 * and mix them.
 *
 * @module
 */

/** Section ids of a core module, in the order that the specification asks. */
const MODULE_SECTIONS: readonly (readonly [number, string])[] = [
  [1, "type"],
  [2, "import"],
  [3, "function"],
  [4, "table"],
  [5, "memory"],
  [13, "tag"],
  [6, "global"],
  [7, "export"],
  [8, "start"],
  [9, "element"],
  [12, "data-count"],
  [10, "code"],
  [11, "data"],
];

const MODULE_NAMES = new Map(MODULE_SECTIONS);
const MODULE_ORDER = new Map(
  MODULE_SECTIONS.map(([id], position) => [id, position]),
);

const COMPONENT_NAMES = new Map([
  [1, "core-module"],
  [2, "core-instance"],
  [3, "core-type"],
  [4, "component"],
  [5, "instance"],
  [6, "alias"],
  [7, "type"],
  [8, "canon"],
  [9, "start"],
  [10, "import"],
  [11, "export"],
  [12, "value"],
]);

/** What the second half of the preamble's version says the file is. */
export type WasmLayer = "module" | "component";

/** Label of a section that is not custom, or undefined for an unknown id. */
export function sectionName(
  layer: WasmLayer,
  id: number,
): string | undefined {
  return (layer === "module" ? MODULE_NAMES : COMPONENT_NAMES).get(id);
}

/** Whether a section of a component is a binary of its own. */
export function holdsBinary(layer: WasmLayer, id: number): boolean {
  return layer === "component" && (id === 1 || id === 4);
}

/** Position of a module's section in the order, or undefined. */
export function sectionPosition(id: number): number | undefined {
  return MODULE_ORDER.get(id);
}

/** Whether a custom section of this name needs a prefix to be told apart. */
export function isReservedLabel(name: string): boolean {
  return name === "" || name === "magic" || name === "version" ||
    name === "trailing" || name === "section" ||
    [...MODULE_NAMES.values(), ...COMPONENT_NAMES.values()].includes(name);
}
