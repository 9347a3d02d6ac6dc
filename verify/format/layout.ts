/**
 * The ledger: a layout divides a file into labelled fields that are ordered,
 * do not overlap and add up to the size of the file, to the byte. Gaps and
 * trailing data are fields too; what cannot be parsed is `content`.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Reader } from "../reader.ts";

/**
 * What a field is: `content` must be equal; `volatile` may be masked by a
 * normaliser that its specification allows; `derived` follows from other bytes
 * and can be computed again; `framing` is the structure itself (magic, sizes,
 * padding), which must be equal unless what it frames differs.
 */
export type FieldKind = "content" | "volatile" | "derived" | "framing";

/** Labels of the formats that have a layout; `data` is everything else. */
export type FormatName =
  | "ar"
  | "bzip2"
  | "coff"
  | "data"
  | "directory"
  | "elf"
  | "gzip"
  | "macho"
  | "oci"
  | "opc"
  | "pe"
  | "tar"
  | "wasm"
  | "xz"
  | "zip"
  | "zstd";

/** One labelled range of a file. */
export interface Field {
  /** Stable label, such as `elf/.note.gnu.build-id/desc`. */
  readonly path: string;
  readonly kind: FieldKind;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Length in bytes; may be 0 for a marker of something absent. */
  readonly length: number;
  /** Id of the one normaliser that may account for this field. */
  readonly normalizer?: string;
  /**
   * The field holds a file of its own (an archive member, a fat slice, a
   * payload), stored as it is or compressed; a comparison looks inside.
   */
  readonly inner?: "stored" | "deflate" | "gzip" | "xz" | "zstd" | "bzip2";
  /** A limit kept the range from being laid out: it may hold any field. */
  readonly unparsed?: true;
}

/** Bytes of each kind; `total` is the size of the file. */
export interface LedgerTotals {
  readonly content: number;
  readonly volatile: number;
  readonly derived: number;
  readonly framing: number;
  readonly total: number;
}

/** Something in a file that its specification does not allow, or a limit. */
export interface Problem {
  readonly code: Code;
  /** Label of the place. */
  readonly path: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Plain words: what was expected and what was found. */
  readonly detail: string;
}

/** The ledger of one file. */
export interface Layout {
  readonly format: FormatName;
  /** Ordered by offset, without overlap or gap, adding up to the file. */
  readonly fields: readonly Field[];
  /**
   * Defects of the structure; a file with one can still be byte-identical to
   * another, but never equivalent to one that differs.
   */
  readonly problems: readonly Problem[];
  /** A limit kept a part from being laid out: there may be more fields. */
  readonly limited?: true;
}

/** A format: how to recognise it by content and how to lay it out. */
export interface Format {
  readonly name: FormatName;
  /** Looks at the magic bytes only; never at a name. */
  detect(reader: Reader): boolean;
  /**
   * Lays a file out. Never throws for hostile bytes: what cannot be parsed
   * becomes `content` with a problem.
   *
   * @param fieldsMax Fewer fields than a file of this size may have, if given.
   */
  layout(reader: Reader, fieldsMax?: number): Layout;
}
