/**
 * The compressed form of an xz file (The .xz File Format 1.2.1). One content
 * has many encodings: preset, block size, threads and library version change
 * the bytes.
 *
 * Safe because comparison decodes both sides and compares what they hold; this
 * normaliser accounts for the encoding alone, when the contents are equal byte
 * for byte. It must not hide cut streams, padding or data behind the last
 * stream: such a file is content; nor features that the decoder lacks: what
 * they hold is unchecked.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";

/** The `xz-encoding` normaliser. */
export const xzEncoding: Normalizer = {
  id: "xz-encoding",
  format: "xz",
  action: "derive",
  summary: "Compressed form of equal or accounted contents",
  valid: () => true,
};
