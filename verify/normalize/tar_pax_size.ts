/**
 * Size of a pax extended header (offset 124 of its own header) and the zeros
 * that pad it to a block. Both follow from the records in it, whose lengths
 * may differ where a time has another number of digits.
 *
 * The size is held against the sum of the records. It must not hide bytes
 * behind the records: padding is zeros, or it is never accounted for.
 *
 * @module
 */

import { TAR_BLOCK } from "../format/tar_header.ts";
import { tarNumber } from "../format/tar_number.ts";
import type { Normalizer } from "./normalizer.ts";

/** The `tar-pax-size` normaliser. */
export const tarPaxSize: Normalizer = {
  id: "tar-pax-size",
  format: "tar",
  action: "derive",
  summary: "Size and padding of a pax extended header",
  valid: (bytes) =>
    bytes.every((byte) => byte === 0) || (tarNumber(bytes) ?? -1) >= 0,
  derive(reader, field, layout) {
    const bytes = reader.read(field.offset, field.length);
    if (field.path.endsWith("-padding")) {
      return bytes.every((byte) => byte === 0) ? "agrees" : "disagrees";
    }
    const start = field.offset - SIZE_OFFSET + TAR_BLOCK;
    let end = start;
    for (const other of layout.fields) {
      if (other.offset === end && RECORD.test(other.path)) end += other.length;
    }
    return tarNumber(bytes) === end - start ? "agrees" : "disagrees";
  },
  show: (bytes) => String(tarNumber(bytes) ?? `${bytes.length} zeros`),
};

const SIZE_OFFSET = 124;
/** Labels of records, within their entry or with its name in front. */
const RECORD = /(?:^|\/)pax(?:-global)?\//;
