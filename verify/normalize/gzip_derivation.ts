/**
 * Derivation of the checksums and sizes of a gzip file. The pass that laid the
 * file out inflated it and kept which trailer fields disagree, so nothing is
 * inflated twice.
 *
 * @module
 */

import type { GzipLayout } from "../format/gzip.ts";
import type { Field, Layout } from "../format/layout.ts";
import type { Reader } from "../reader.ts";
import type { Derivation } from "./normalizer.ts";

/** Whether a derived field of a gzip file holds the value computed for it. */
export function gzipDerivation(
  _reader: Reader,
  field: Field,
  layout: Layout,
): Derivation {
  if (!isGzipLayout(layout)) return "not-recomputed";
  return layout.disagreeing.has(field.path) ? "disagrees" : "agrees";
}

function isGzipLayout(layout: Layout): layout is GzipLayout {
  return layout.format === "gzip" && "disagreeing" in layout;
}
