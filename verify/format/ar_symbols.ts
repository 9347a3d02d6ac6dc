/**
 * Symbol tables of GNU ar archives: `/` with offsets of four and `/SYM64/` of
 * eight bytes, big endian (System V ABI, chapter 7 "Archive File"; GNU
 * binutils): a count, for each symbol the offset of the header of the member
 * that defines it, then the names, each ended by NUL.
 *
 * An offset is derived: it shifts when a member before it grows. An empty field
 * of content in front of it numbers the member that it points to, so that a
 * table that points elsewhere is a difference. Names, count and order are content. A second `/` member (COFF,
 * little endian) and tables that do not follow this form are content as a whole.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { ArMember } from "./ar_member.ts";
import type { LedgerBuilder } from "./ledger.ts";

/** Tables with more symbols are one field: a layout has a limit. */
const SYMBOLS_MAX = 40_000;

/** Claims the contents of the symbol table `table`. */
export function claimSymbols(
  reader: Reader,
  ledger: LedgerBuilder,
  archive: { readonly table: ArMember; readonly members: readonly ArMember[] },
): void {
  const { table, members } = archive;
  const { contents, length, label } = table;
  const targets = symbolTargets(reader, table, members);
  if (targets === undefined) {
    if (length === 0) return;
    ledger.claim(`${label}/contents`, "content", { offset: contents, length });
    return;
  }
  const width = table.symbols ?? 4;
  ledger.claim(`${label}/count`, "content", {
    offset: contents,
    length: width,
  });
  for (const [index, target] of targets.entries()) {
    const offset = contents + width * (index + 1);
    ledger.claim(`${label}/symbol-${index}-in-member-${target}`, "content", {
      offset,
      length: 0,
    });
    ledger.claim(
      `${label}/symbol-${index}`,
      "derived",
      { offset, length: width },
      { normalizer: "ar-symbol-offset" },
    );
  }
  const names = width * (targets.length + 1);
  if (names < length) {
    ledger.claim(`${label}/names`, "content", {
      offset: contents + names,
      length: length - names,
    });
  }
}

/** Positions of the members that define each symbol, or undefined. */
function symbolTargets(
  reader: Reader,
  table: ArMember,
  members: readonly ArMember[],
): number[] | undefined {
  const width = table.symbols ?? 4;
  if (table !== members[0] || table.length < width) return undefined;
  const head = reader.read(table.contents, width);
  const count = bigEndian(head, 0, width);
  if (count > SYMBOLS_MAX || (count + 1) * width > table.length) {
    return undefined;
  }
  const places = new Map(members.map((one, index) => [one.header, index]));
  const offsets = reader.read(table.contents + width, count * width);
  const targets: number[] = [];
  for (let index = 0; index < count; index++) {
    const target = places.get(bigEndian(offsets, index * width, width));
    if (target === undefined) return undefined;
    targets.push(target);
  }
  return targets;
}

/** An unsigned number of 4 or 8 bytes. */
export function bigEndian(
  bytes: Uint8Array,
  offset: number,
  width: number,
): number {
  let value = 0;
  for (let index = 0; index < width; index++) {
    value = value * 256 + (bytes[offset + index] ?? 0);
  }
  return value;
}
