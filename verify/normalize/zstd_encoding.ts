/**
 * The compressed form of a Zstandard file (RFC 8878). One content has many
 * encodings: level, window, threads and library version change the bytes.
 *
 * Safe because comparison decodes both sides and compares what they hold; this
 * normaliser accounts for the encoding alone, when the contents are equal byte
 * for byte. It must not hide skippable frames, cut frames or data behind the
 * last one: such a stream is content.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `zstd-encoding` normaliser. */
export const zstdEncoding: Normalizer = {
  id: "zstd-encoding",
  format: "zstd",
  action: "derive",
  summary: "Compressed form of equal or accounted contents",
  valid: () => true,
};
