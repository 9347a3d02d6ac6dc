/**
 * The fields of the end of a zip archive: the Zip64 record and locator (PKWARE
 * APPNOTE 6.3.10, sections 4.3.14 and 4.3.15) and the end of central directory
 * record (4.3.16).
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { FieldKind } from "./layout.ts";
import type { LedgerBuilder } from "./ledger.ts";
import type { ZipEnd } from "./zip_end.ts";
import { isZip64Mark } from "./zip_extra.ts";

type Part = readonly [
  label: string,
  length: number,
  kind: FieldKind,
  normalizer?: string,
];

/** Claims the end records. */
export function claimZipEnd(
  reader: Reader,
  ledger: LedgerBuilder,
  end: ZipEnd,
): void {
  const fixed = reader.read(end.offset, 22).slice();
  const number = (label: string, offset: number): Part =>
    isZip64Mark(fixed, offset)
      ? [label, 4, "content"]
      : [label, 4, "derived", "zip-offset"];
  claimParts(ledger, "zip/end", end.offset, [
    ["signature", 4, "framing"],
    ["disks", 4, "content"],
    ["entries", 4, "content"],
    number("directory-size", 12),
    number("directory-offset", 16),
    ["comment-length", 2, "content"],
    ["comment", end.length - 22, "content"],
  ]);
  if (end.zip64 === undefined) return;
  claimParts(ledger, "zip/end64", end.zip64.record, [
    ["signature", 4, "framing"],
    ["length", 8, "content"],
    ["made-by-version", 1, "volatile", "zip-made-by"],
    ["made-by-host", 1, "content"],
    ["version", 2, "content"],
    ["disks", 8, "content"],
    ["entries", 16, "content"],
    ["directory-size", 8, "derived", "zip-offset"],
    ["directory-offset", 8, "derived", "zip-offset"],
    ["extensible", end.zip64.recordLength - 56, "content"],
  ]);
  claimParts(ledger, "zip/locator64", end.zip64.locator, [
    ["signature", 4, "framing"],
    ["disk", 4, "content"],
    ["record-offset", 8, "derived", "zip-offset"],
    ["disks", 4, "content"],
  ]);
}

function claimParts(
  ledger: LedgerBuilder,
  label: string,
  start: number,
  parts: readonly Part[],
): void {
  let offset = start;
  for (const [name, length, kind, normalizer] of parts) {
    if (length > 0) {
      ledger.claim(
        `${label}/${name}`,
        kind,
        { offset, length },
        normalizer === undefined ? {} : { normalizer },
      );
    }
    offset += length;
  }
}
