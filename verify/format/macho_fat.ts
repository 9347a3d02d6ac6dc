/**
 * Fat (universal) Mach-O files (`mach-o/fat.h` of XNU, big endian): an array of
 * architectures, each with the place of a thin file, 20 bytes, or 32 with
 * FAT_MAGIC_64. Each slice is a file of its own; the array and the alignment
 * between slices are content.
 *
 * Java class files share the magic number; there the number of architectures
 * is the class file's version, which starts at 45.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { LabelCounter } from "./label_counter.ts";
import type { Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { MachoBytes } from "./macho_bytes.ts";

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;
const ARCHITECTURES_MAX = 44;
const HEADER_BYTES = 8;

const CPU_NAMES = new Map([
  [7, "i386"],
  [0x01000007, "x86_64"],
  [12, "arm"],
  [0x0100000c, "arm64"],
  [0x0200000c, "arm64_32"],
  [18, "ppc"],
  [0x01000012, "ppc64"],
]);

/** One architecture of a fat file. */
export interface FatSlice {
  /** Architecture with its subtype. */
  readonly name: string;
  /** Offset of its entry in the array. */
  readonly entry: number;
  readonly entryLength: number;
  readonly offset: number;
  readonly length: number;
}

/** The slices that the header lists, or undefined for any other file. */
export function readFat(reader: Reader): FatSlice[] | undefined {
  if (reader.size < HEADER_BYTES) return undefined;
  const bytes = new MachoBytes(reader, false);
  const magic = bytes.u32(0);
  if (magic !== FAT_MAGIC && magic !== FAT_MAGIC_64) return undefined;
  const wide = magic === FAT_MAGIC_64;
  const entryLength = wide ? 32 : 20;
  const count = bytes.u32(4);
  if (count === 0 || count > ARCHITECTURES_MAX) return undefined;
  if (!bytes.holds(HEADER_BYTES, count * entryLength)) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const entry = HEADER_BYTES + index * entryLength;
    const cpu = bytes.u32(entry);
    const subtype = bytes.u32(entry + 4) & 0x00ffffff;
    return {
      name: `${CPU_NAMES.get(cpu) ?? `cpu-0x${cpu.toString(16)}`}` +
        (subtype === 0 || subtype === 3 ? "" : `-${subtype}`),
      entry,
      entryLength,
      offset: wide ? bytes.u64(entry + 8) : bytes.u32(entry + 8),
      length: wide ? bytes.u64(entry + 16) : bytes.u32(entry + 12),
    };
  });
}

/** The ledger of a fat file. */
export function layoutFat(reader: Reader, slices: readonly FatSlice[]): Layout {
  const ledger = new LedgerBuilder("macho", reader.size);
  const labels = new LabelCounter();
  ledger.claim("macho/fat/magic", "framing", { offset: 0, length: 4 });
  ledger.claim("macho/fat/count", "content", { offset: 4, length: 4 });
  for (const slice of slices) {
    const label = `macho/fat/${labels.next(slice.name)}`;
    if (labels.count(slice.name) > 1) {
      ledger.problem(
        "layout-invalid",
        label,
        slice.entry,
        "expected each architecture once, found it again",
      );
    }
    ledger.claim(`${label}/entry`, "content", {
      offset: slice.entry,
      length: slice.entryLength,
    });
    ledger.claim(
      `${label}/slice`,
      "content",
      { offset: slice.offset, length: slice.length },
      { inner: "stored" },
    );
  }
  return ledger.finish();
}
