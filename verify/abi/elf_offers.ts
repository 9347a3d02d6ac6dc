/**
 * The symbol versions that a library offers to those that need it (Linux
 * Standard Base Core 5.0, "Symbol Versioning": `Elfxx_Verdef`,
 * `Elfxx_Verdaux`): the other side of `elf_needs.ts`.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { elfDynamic, ENTRIES_MAX } from "./elf_dynamic.ts";
import { highestVersions } from "./elf_needs.ts";

const TAG = { versions: 0x6ffffffc, versionCount: 0x6ffffffd } as const;
/** The entry that names the file itself: `VER_FLG_BASE`. */
const FLAG_BASE = 1;

/** Highest version by family, or null when the library cannot be read. */
export function elfOffers(
  reader: Reader,
): Readonly<Record<string, string>> | null {
  const dynamic = elfDynamic(reader);
  if (dynamic === null || dynamic.kind !== "dynamic") return null;
  const { tags, at, name, littleEndian } = dynamic;
  const count = tags.get(TAG.versionCount) ?? 0;
  let address = tags.get(TAG.versions);
  if (address === undefined) return count === 0 ? {} : null;
  if (count > ENTRIES_MAX) return null;
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const entry = at(address, 20);
    if (entry === null || entry.getUint16(0, littleEndian) !== 1) return null;
    const auxiliary = at(address + entry.getUint32(12, littleEndian), 8);
    const text = auxiliary === null
      ? null
      : name(auxiliary.getUint32(0, littleEndian));
    if (text === null) return null;
    if ((entry.getUint16(2, littleEndian) & FLAG_BASE) === 0) names.push(text);
    const next = entry.getUint32(16, littleEndian);
    if (next === 0 && index + 1 < count) return null;
    address += next;
  }
  return highestVersions(names).versions;
}
