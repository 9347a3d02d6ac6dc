/**
 * Which toolchain made a file, as far as the file says so: the identifications
 * in an ELF `.comment` section, or the sections that only Go writes. Used to
 * pick the flag that fixes a cause, never for a verdict.
 *
 * @module
 */

import type { FieldSide } from "./account.ts";
import { peMakerOf } from "./cause_pe.ts";

/** Toolchains with flags of their own. */
export type Toolchain = "gcc" | "clang" | "rustc" | "go" | "msvc" | "unknown";

const COMMENT_BYTES_MAX = 4_096;

/** The toolchain that a file names; `rustc` before the C compiler beside it. */
export function toolchainOf(
  { reader, layout }: Pick<FieldSide, "reader" | "layout">,
): Toolchain {
  if (layout.format === "pe") {
    const maker = peMakerOf(layout);
    return maker === "go" ? "go" : maker === "gnu" ? "gcc" : "msvc";
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
