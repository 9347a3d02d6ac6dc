/**
 * Machine facts of Mach-O files and of universal files, which hold several:
 * the CPU type of each, and the platform and lowest system version of
 * `LC_BUILD_VERSION` or `LC_VERSION_MIN_*` (Apple `mach-o/loader.h`,
 * `mach-o/fat.h`, `mach/machine.h`).
 *
 * The magic of a universal file is also that of a Java class; there the next
 * word is a version of 45 or more, so more slices than `SLICES_MAX` are none.
 *
 * @module
 */

import { type Reader, SliceReader } from "../reader.ts";
import type { Architecture, MachineFacts, System } from "./machine.ts";

const SLICES_MAX = 40;
const COMMANDS_BYTES_MAX = 1 << 20;

const MACHINES: ReadonlyMap<number, Architecture> = new Map<
  number,
  Architecture
>([
  [7, "x86"],
  [0x01000007, "x86_64"],
  [12, "arm"],
  [0x0100000c, "aarch64"],
]);

const PLATFORMS: ReadonlyMap<number, System> = new Map<number, System>([
  [1, "macos"],
  [2, "ios"],
]);

/** Load commands with a version alone, by the platform each is of. */
const VERSION_MIN: ReadonlyMap<number, System> = new Map<number, System>([
  [0x24, "macos"],
  [0x25, "ios"],
]);
const BUILD_VERSION = 0x32;

/** Machine facts of a Mach-O or universal file; null for anything else. */
export function machOFacts(reader: Reader): MachineFacts | null {
  if (reader.size < 8) return null;
  const head = view(reader.read(0, 8));
  const magic = head.getUint32(0, false);
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) return thinFacts(reader);
  const count = head.getUint32(4, false);
  if (count === 0 || count > SLICES_MAX) return null;
  const wide = magic === 0xcafebabf;
  const entrySize = wide ? 32 : 20;
  if (8 + count * entrySize > reader.size) return null;
  const table = view(reader.read(8, count * entrySize).slice());
  const slices: MachineFacts[] = [];
  for (let index = 0; index < count; index++) {
    const at = index * entrySize;
    const offset = wide
      ? Number(table.getBigUint64(at + 8, false))
      : table.getUint32(at + 8, false);
    const size = wide
      ? Number(table.getBigUint64(at + 16, false))
      : table.getUint32(at + 12, false);
    if (offset + size > reader.size) return null;
    const facts = thinFacts(new SliceReader(reader, offset, size));
    if (facts === null) return null;
    slices.push(facts);
  }
  const [first] = slices;
  if (first === undefined) return null;
  const same = <T>(values: T[]) =>
    values.every((value) => value === values[0]) ? values[0] as T : null;
  return {
    ...first,
    architectures: slices.flatMap((slice) => slice.architectures),
    bits: same(slices.map((slice) => slice.bits)),
    system: same(slices.map((slice) => slice.system)),
    systemVersion: same(slices.map((slice) => slice.systemVersion)),
    machine: slices.map((slice) => slice.machine).join(", "),
  };
}

function thinFacts(reader: Reader): MachineFacts | null {
  if (reader.size < 28) return null;
  const head = view(reader.read(0, 28).slice());
  const big = head.getUint32(0, false);
  const little = head.getUint32(0, true);
  const isBig = big === 0xfeedface || big === 0xfeedfacf;
  if (!isBig && little !== 0xfeedface && little !== 0xfeedfacf) return null;
  const is64 = (isBig ? big : little) === 0xfeedfacf;
  const cpu = head.getUint32(4, !isBig);
  const headerSize = is64 ? 32 : 28;
  const length = Math.min(
    head.getUint32(20, !isBig),
    COMMANDS_BYTES_MAX,
    Math.max(0, reader.size - headerSize),
  );
  const platform = length === 0 ? undefined : platformOf(
    view(reader.read(headerSize, length)),
    { little: !isBig, count: head.getUint32(16, !isBig) },
  );
  return {
    format: "macho",
    architectures: [MACHINES.get(cpu) ?? "unknown"],
    bits: is64 ? 64 : 32,
    endian: isBig ? "big" : "little",
    system: platform?.system ?? null,
    interpreter: null,
    systemVersion: platform?.version ?? null,
    machine: `cputype 0x${cpu.toString(16).padStart(8, "0")}`,
  };
}

function platformOf(
  commands: DataView,
  { little, count }: { little: boolean; count: number },
): { system: System | null; version: string } | undefined {
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 8 > commands.byteLength) return undefined;
    const command = commands.getUint32(at, little);
    const size = commands.getUint32(at + 4, little);
    if (size < 8 || at + size > commands.byteLength) return undefined;
    if (command === BUILD_VERSION && size >= 16) {
      return {
        system: PLATFORMS.get(commands.getUint32(at + 8, little)) ?? null,
        version: version(commands.getUint32(at + 12, little)),
      };
    }
    const old = VERSION_MIN.get(command);
    if (old !== undefined && size >= 12) {
      return {
        system: old,
        version: version(commands.getUint32(at + 8, little)),
      };
    }
    at += size;
  }
  return undefined;
}

/** `X.Y.Z` as 16, 8 and 8 bits. */
function version(word: number): string {
  return `${word >>> 16}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
