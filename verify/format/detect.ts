/**
 * From bytes to format and layout. Detection looks at content and never at a
 * name; what no format recognises is `data`: one field of content.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Format, FormatName, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { FORMATS } from "./registry.ts";

/** The format whose magic bytes a reader starts with, if any. */
export function formatOf(reader: Reader): Format | undefined {
  return FORMATS.find((format) => format.detect(reader));
}

/** Name of the format, or `data`. */
export function detectFormat(reader: Reader): FormatName {
  return formatOf(reader)?.name ?? "data";
}

/**
 * The ledger of everything that a reader holds.
 *
 * @param fieldsMax Fewer fields than a file of this size may have, if given.
 */
export function layoutOf(reader: Reader, fieldsMax?: number): Layout {
  const format = formatOf(reader);
  return format === undefined
    ? new LedgerBuilder("data", reader.size).finish()
    : format.layout(reader, fieldsMax);
}
