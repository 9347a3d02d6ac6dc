/**
 * What a reader of logs takes out of them.
 *
 * @module
 */

/** Kinds of logs that can be read. */
export const LOG_KINDS = [
  "msbuild",
  "cargo-json",
  "rustc-json",
  "gcc",
  "clang",
  "go",
  "sarif",
] as const;

/** A kind of log. */
export type LogKind = typeof LOG_KINDS[number];

/** One warning. */
export interface Diagnostic {
  /** Such as IL2026, -Wunused-variable or unused_variables. */
  readonly code: string;
  /** Project that it is about; null when the line does not say. */
  readonly project: string | null;
  readonly text: string;
}

/** What one line of a log is. */
export type LineResult =
  /** A line of the kind, without a warning. */
  | { readonly kind: "known" }
  | { readonly kind: "warning"; readonly diagnostic: Diagnostic }
  /** How many warnings the tool says there were; no fewer may be found. */
  | { readonly kind: "total"; readonly count: number }
  /** A line that begins as one of the kind and breaks off. */
  | { readonly kind: "malformed" }
  /** A line of something else. */
  | null;

/** Reads the lines of one kind of log. */
export interface LineReader {
  /**
   * Bytes of which every line with a warning holds one; other lines are
   * passed by.
   */
  readonly needles: readonly string[];
  /**
   * Bytes that only a log of this kind holds, beside warnings, where no letter
   * stands in front of them.
   */
  readonly marks: readonly string[];
  /** Makes what reads one log; it may remember earlier lines. */
  start(): (line: string) => LineResult;
}
