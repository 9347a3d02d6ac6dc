/**
 * Which toolchain made a file, as far as the file says so: the identifications
 * in an ELF `.comment` section or a `producers` section of WebAssembly, the
 * sections that only Go writes, the paths of AssemblyScript's library. Used to
 * pick the flag that fixes a cause, never for a verdict.
 *
 * @module
 */

import type { Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import type { FieldSide } from "./account.ts";
import { peMakerOf } from "./cause_pe.ts";

/** Toolchains with flags of their own. */
export type Toolchain =
  | "assemblyscript"
  | "clang"
  | "dotnet"
  | "gcc"
  | "go"
  | "msvc"
  | "rustc"
  | "unknown";

const COMMENT_BYTES_MAX = 4_096;
const WASM_BYTES_MAX = 1 << 20;
/** Where AssemblyScript keeps its own sources, in UTF-16. */
const ASSEMBLYSCRIPT = "~\0l\0i\0b\0/\0";

/** The toolchain that a file names; `rustc` before the C compiler beside it. */
export function toolchainOf(
  { reader, layout }: Pick<FieldSide, "reader" | "layout">,
): Toolchain {
  if (layout.format === "pe") {
    const maker = peMakerOf(layout);
    return maker === "gnu" ? "gcc" : maker;
  }
  if (layout.format === "wasm") return wasmToolchain(reader, layout);
  if (layout.format === "macho") {
    return layout.fields.some(({ path }) => /,__go_buildinfo$/.test(path))
      ? "go"
      : "clang";
  }
  let comment = "";
  for (const { path, offset, length } of layout.fields) {
    if (/^elf\/\.(?:go\.buildinfo|note\.go\.buildid|gopclntab)\b/.test(path)) {
      return "go";
    }
    if (path === "elf/.comment") {
      const bytes = reader.read(offset, Math.min(length, COMMENT_BYTES_MAX));
      comment = new TextDecoder().decode(bytes);
    }
  }
  if (comment.includes("rustc version")) return "rustc";
  if (comment.includes("clang version")) return "clang";
  if (comment.includes("GCC:")) return "gcc";
  return "unknown";
}

/** By the `producers` section; AssemblyScript writes none, but its paths. */
function wasmToolchain(
  reader: Reader,
  { fields }: Layout,
): Toolchain {
  const decoder = new TextDecoder("latin1");
  const text = (offset: number, length: number, most: number) =>
    decoder.decode(reader.read(offset, Math.min(length, most)));
  const producers = fields.filter(({ path }) =>
    path.startsWith("wasm/producers")
  ).map(({ offset, length }) => text(offset, length, COMMENT_BYTES_MAX)).join(
    "",
  );
  if (producers.includes("rustc")) return "rustc";
  if (/\bGo\b|TinyGo/.test(producers)) return "go";
  if (producers.includes("clang")) return "clang";
  return text(0, reader.size, WASM_BYTES_MAX).includes(ASSEMBLYSCRIPT)
    ? "assemblyscript"
    : "unknown";
}
