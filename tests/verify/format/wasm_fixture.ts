/**
 * Builds small WebAssembly binaries section by section.
 *
 * @module
 */

import { bytesOf } from "./damage.ts";

/** An unsigned LEB128 number, padded to `width` bytes. */
export function leb(value: number, width = 0): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest & 0x7f);
    rest = Math.floor(rest / 0x80);
  } while (rest > 0);
  while (bytes.length < width) bytes.push(0);
  return bytes.map((byte, index) =>
    index < bytes.length - 1 ? byte | 0x80 : byte
  );
}

/** A name: its length and its UTF-8 bytes. */
export function name(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return bytesOf(leb(bytes.length), bytes);
}

/** A section with its id and size. */
export function section(
  id: number,
  contents: Uint8Array,
  width = 0,
): Uint8Array {
  return bytesOf(id, leb(contents.length, width), contents);
}

/** A custom section. */
export function custom(
  title: string,
  contents: Uint8Array,
  width = 0,
): Uint8Array {
  return section(0, bytesOf(name(title), contents), width);
}

/** A core module of the given sections. */
export function module(...sections: Uint8Array[]): Uint8Array {
  return bytesOf([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], ...sections);
}

/** A component of the given sections. */
export function component(...sections: Uint8Array[]): Uint8Array {
  return bytesOf([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], ...sections);
}

/** A `producers` section: fields of tools and versions. */
export function producers(
  fields: Record<string, readonly (readonly [string, string])[]>,
): Uint8Array {
  const entries = Object.entries(fields);
  return custom(
    "producers",
    bytesOf(
      leb(entries.length),
      ...entries.map(([field, tools]) =>
        bytesOf(
          name(field),
          leb(tools.length),
          ...tools.map(([tool, version]) => bytesOf(name(tool), name(version))),
        )
      ),
    ),
  );
}

/** A `name` section with a module name and function names. */
export function names(title: string, functions: readonly string[]): Uint8Array {
  const map = bytesOf(
    leb(functions.length),
    ...functions.map((text, index) => bytesOf(leb(index), name(text))),
  );
  return custom(
    "name",
    bytesOf(section(0, name(title)), section(1, map, 5)),
  );
}

/** What varies between two builds of the same module. */
export interface Variation {
  readonly id?: readonly number[];
  readonly version?: string;
  readonly title?: string;
  readonly functions?: readonly string[];
  readonly returned?: number;
  readonly data?: string;
}

/** A module that returns a number: type, function, memory, code, data. */
export function smallModule(variation: Variation = {}): Uint8Array {
  const id = variation.id ?? [1, 2, 3, 4];
  return module(
    section(1, Uint8Array.of(1, 0x60, 0, 1, 0x7f)),
    section(3, Uint8Array.of(1, 0)),
    section(5, Uint8Array.of(1, 0, 1)),
    section(
      10,
      bytesOf(1, leb(4), [0, 0x41, variation.returned ?? 7, 0x0b]),
      5,
    ),
    section(
      11,
      bytesOf(1, 0, [0x41, 8, 0x0b], name(variation.data ?? "hello")),
    ),
    names(variation.title ?? "small", variation.functions ?? ["main"]),
    producers({
      language: [["C", "11"]],
      "processed-by": [["clang", variation.version ?? "18.1.2"]],
    }),
    custom("build_id", bytesOf(leb(id.length), id)),
  );
}
