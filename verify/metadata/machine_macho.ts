/**
 * Machine facts of Mach-O files and of universal files, which hold several:
 * the CPU type of each, and the platform and lowest system version of
 * `LC_BUILD_VERSION` or `LC_VERSION_MIN_*` (Apple `mach-o/loader.h`,
 * `mach-o/fat.h`, `mach/machine.h`).
 *
 * The magic of a universal file is also that of a Java class; there the next
 * word is a version, and no slice is a Mach-O file.
 *
 * @module
 */

import { LIMITS } from "../limits.ts";
import { type Reader, SliceReader } from "../reader.ts";
import type { Architecture, MachineFacts, System } from "./machine.ts";

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
  [6, "mac-catalyst"],
  [7, "ios-simulator"],
]);

/** Load commands with a version alone, by the platform each is of. */
const VERSION_MIN: ReadonlyMap<number, System> = new Map<number, System>([
  [0x24, "macos"],
  [0x25, "ios"],
  [0x2f, "other"],
  [0x30, "other"],
]);
const BUILD_VERSION = 0x32;

/** Machine facts of a Mach-O or universal file; null for anything else. */
export function machOFacts(reader: Reader): MachineFacts | null {
  const slices: MachineFacts[] = [];
  for (const slice of machOSlices(reader)) {
    const facts = slice === null ? null : thinFacts(slice);
    if (facts === null) return null;
    slices.push(facts);
  }
  const [first] = slices;
  if (first === undefined || slices.length === 1) return first ?? null;
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

/**
 * The slices of a universal file, null for one outside of it; else the file
 * itself. They are given one by one, so that other files with the magic of
 * universal ones are told by their first.
 */
export function* machOSlices(reader: Reader): Generator<Reader | null> {
  if (reader.size < 8) return;
  const head = view(reader.read(0, 8));
  const magic = head.getUint32(0, false);
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) {
    yield reader;
    return;
  }
  const count = head.getUint32(4, false);
  const wide = magic === 0xcafebabf;
  const entrySize = wide ? 32 : 20;
  if (
    count > LIMITS.machoSlicesMax || 8 + count * entrySize > reader.size
  ) return;
  const table = view(reader.read(8, count * entrySize).slice());
  for (let index = 0; index < count; index++) {
    const at = index * entrySize;
    const offset = wide
      ? Number(table.getBigUint64(at + 8, false))
      : table.getUint32(at + 8, false);
    const size = wide
      ? Number(table.getBigUint64(at + 16, false))
      : table.getUint32(at + 12, false);
    yield offset + size > reader.size
      ? null
      : new SliceReader(reader, offset, size);
  }
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
  const commandBytes = head.getUint32(20, !isBig);
  const length = Math.min(
    commandBytes,
    LIMITS.machoCommandsBytesMax,
    Math.max(0, reader.size - headerSize),
  );
  const platform = platformOf(
    view(length === 0 ? new Uint8Array(0) : reader.read(headerSize, length)),
    { little: !isBig, count: head.getUint32(16, !isBig) },
  );
  const isRead = platform !== "unread";
  return {
    format: "macho",
    // A system may be named where nothing was read.
    architectures: [isRead ? MACHINES.get(cpu) ?? "unknown" : "unknown"],
    bits: is64 ? 64 : 32,
    endian: isBig ? "big" : "little",
    system: isRead ? platform?.system ?? null : null,
    interpreter: null,
    systemVersion: isRead ? platform?.version ?? null : null,
    machine: `cputype 0x${cpu.toString(16).padStart(8, "0")}${
      isRead ? "" : `, load commands of ${commandBytes} bytes not read whole`
    }`,
  };
}

/** The platform; `unread` where the commands break off before one. */
function platformOf(
  commands: DataView,
  { little, count }: { little: boolean; count: number },
): { system: System; version: string } | "unread" | undefined {
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 8 > commands.byteLength) return "unread";
    const command = commands.getUint32(at, little);
    const size = commands.getUint32(at + 4, little);
    if (size < 8 || at + size > commands.byteLength) return "unread";
    if (command === BUILD_VERSION && size >= 16) {
      return {
        system: PLATFORMS.get(commands.getUint32(at + 8, little)) ?? "other",
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
