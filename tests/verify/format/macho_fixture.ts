/**
 * Builds small Mach-O files, signs them ad hoc and takes signatures off again.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { bytesOf } from "./damage.ts";

/** What varies between two builds of the same file. */
export interface Variation {
  readonly uuid?: number;
  readonly stamp?: number;
  readonly objectTime?: number;
  readonly objectPath?: string;
  readonly code?: string | Uint8Array;
  readonly library?: string;
  readonly littleEndian?: boolean;
  readonly payload?: string;
}

const TEXT_OFFSET = 0x800;
const LINKEDIT_OFFSET = 0x1000;

/** A 64-bit executable with code, a debug map, a UUID and room for commands. */
export function smallMacho(variation: Variation = {}): Uint8Array {
  const little = variation.littleEndian ?? true;
  const put = (length: 4 | 8) => (value: number): number[] => {
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    if (length === 4) view.setUint32(0, value, little);
    else view.setBigUint64(0, BigInt(value), little);
    return [...bytes];
  };
  const u32 = put(4);
  const u64 = put(8);
  const name16 = (name: string) => bytesOf(name.padEnd(16, "\0"));
  const code = bytesOf(variation.code ?? "code of the program");
  const path = variation.objectPath ?? "/build/main.o";
  const strings = bytesOf(`\0${path}\0_main\0`);
  const symbol = (strx: number, type: number, value: number) =>
    bytesOf(u32(strx), type, type === 0x0f ? 1 : 0, [0, 0], u64(value));
  const symbols = bytesOf(
    symbol(1, 0x66, variation.objectTime ?? 1_700_000_000),
    symbol(path.length + 2, 0x0f, 0x100000800),
  );
  const linkedit = bytesOf(symbols, strings);
  const segment = (
    name: string,
    place: readonly [number, number],
    sections: readonly Uint8Array[] = [],
  ) =>
    bytesOf(
      u32(0x19),
      u32(72 + 80 * sections.length),
      name16(name),
      u64(0x100000000 + place[0]),
      u64(Math.ceil(place[1] / 0x1000) * 0x1000),
      u64(place[0]),
      u64(place[1]),
      u32(7),
      // Only code is mapped as code.
      u32(name === "__TEXT" ? 5 : 1),
      u32(sections.length),
      u32(0),
      ...sections,
    );
  const section = bytesOf(
    name16("__text"),
    name16("__TEXT"),
    u64(0x100000000 + TEXT_OFFSET),
    u64(code.length),
    u32(TEXT_OFFSET),
    u32(2),
    u32(0),
    u32(0),
    u32(0x80000400),
    u32(0),
    u32(0),
    u32(0),
  );
  const library = `${variation.library ?? "/usr/lib/libSystem.B.dylib"}\0`;
  const libraryBytes = Math.ceil(library.length / 8) * 8;
  const commands = [
    segment("__TEXT", [0, LINKEDIT_OFFSET], [section]),
    segment("__LINKEDIT", [LINKEDIT_OFFSET, linkedit.length]),
    bytesOf(
      u32(2),
      u32(24),
      u32(LINKEDIT_OFFSET),
      u32(2),
      u32(LINKEDIT_OFFSET + symbols.length),
      u32(strings.length),
    ),
    bytesOf(
      u32(0xc),
      u32(24 + libraryBytes),
      u32(24),
      u32(variation.stamp ?? 2),
      u32(0x10000),
      u32(0x10000),
      library.padEnd(libraryBytes, "\0"),
    ),
    bytesOf(u32(0x1b), u32(24), Array(16).fill(variation.uuid ?? 1)),
  ];
  const size = commands.reduce((sum, one) => sum + one.length, 0);
  const head = bytesOf(
    u32(0xfeedfacf),
    u32(0x0100000c),
    u32(0),
    u32(2),
    u32(commands.length),
    u32(size),
    u32(0x200085),
    u32(0),
    ...commands,
  );
  const file = new Uint8Array(LINKEDIT_OFFSET + linkedit.length);
  file.set(head);
  file.set(code, TEXT_OFFSET);
  file.set(linkedit, LINKEDIT_OFFSET);
  return bytesOf(file, variation.payload ?? "");
}

/** How a signature is made. */
export interface Signing {
  readonly identifier?: string;
  readonly flags?: number;
  readonly entitlements?: string;
  readonly cms?: string;
  /** Bytes after the super blob. */
  readonly padding?: number;
}

/** 4 bytes, big endian. */
function be32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

/** Signs a little-endian 64-bit file that has none, as the linker does. */
export function sign(file: Uint8Array, signing: Signing = {}): Uint8Array {
  const offset = Math.ceil(file.length / 16) * 16;
  const identifier = bytesOf(`${signing.identifier ?? "small"}\0`);
  const entitlements = signing.entitlements === undefined
    ? undefined
    : blob(0xfade7171, bytesOf(signing.entitlements));
  const cms = signing.cms === undefined
    ? undefined
    : blob(0xfade0b01, bytesOf(signing.cms));
  const specials = entitlements === undefined ? 0 : 5;
  const pages = Math.ceil(offset / 4096);
  const hashes = 88 + identifier.length + specials * 32;
  const directoryBytes = hashes + pages * 32;
  const others = [
    ...(entitlements === undefined ? [] : [[5, entitlements] as const]),
    ...(cms === undefined ? [] : [[0x10000, cms] as const]),
  ];
  const indexBytes = 12 + 8 * (1 + others.length);
  const total = indexBytes + directoryBytes +
    others.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const length = total + (signing.padding ?? 0);
  const out = new Uint8Array(offset + length);
  out.set(file);
  addCommand(out, offset, length);
  const digest = (bytes: Uint8Array) =>
    new Uint8Array(createHash("sha256").update(bytes).digest());
  const special = Array.from(
    { length: specials },
    (_, index) =>
      specials - index === 5 && entitlements !== undefined
        ? digest(entitlements)
        : new Uint8Array(32),
  );
  const codeHashes = Array.from(
    { length: pages },
    (_, page) =>
      digest(out.slice(page * 4096, Math.min(offset, (page + 1) * 4096))),
  );
  const directory = bytesOf(
    be32(0xfade0c02),
    be32(directoryBytes),
    be32(0x20400),
    be32(signing.flags ?? 0x20002),
    be32(hashes),
    be32(88),
    be32(specials),
    be32(pages),
    be32(offset),
    [32, 2, 0, 12],
    be32(0),
    be32(0),
    be32(0),
    be32(0),
    Array(8).fill(0),
    Array(8).fill(0),
    [...be32(0), ...be32(0x1000)],
    [...be32(0), ...be32(1)],
    identifier,
    ...special,
    ...codeHashes,
  );
  let at = indexBytes + directoryBytes;
  const index = others.map(([slot, bytes]) => {
    const entry = bytesOf(be32(slot), be32(at));
    at += bytes.length;
    return entry;
  });
  out.set(
    bytesOf(
      be32(0xfade0cc0),
      be32(total),
      be32(1 + others.length),
      be32(0),
      be32(indexBytes),
      ...index,
      directory,
      ...others.map(([, bytes]) => bytes),
    ),
    offset,
  );
  return out;
}

function blob(magic: number, contents: Uint8Array): Uint8Array {
  return bytesOf(be32(magic), be32(8 + contents.length), contents);
}

/** Adds LC_CODE_SIGNATURE and grows `__LINKEDIT`. */
function addCommand(file: Uint8Array, offset: number, length: number): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = view.getUint32(16, true);
  const size = view.getUint32(20, true);
  view.setUint32(16, count + 1, true);
  view.setUint32(20, size + 16, true);
  const command = 32 + size;
  view.setUint32(command, 0x1d, true);
  view.setUint32(command + 4, 16, true);
  view.setUint32(command + 8, offset, true);
  view.setUint32(command + 12, length, true);
  resizeLinkedit(view, offset + length);
}

/** Makes `__LINKEDIT` end at `end`. */
function resizeLinkedit(view: DataView, end: number): void {
  let at = 32;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const command = view.getUint32(at, true);
    const isLinkedit = command === 0x19 &&
      view.getUint32(at + 8, true) === 0x494c5f5f &&
      view.getUint32(at + 12, true) === 0x44454b4e;
    if (isLinkedit) {
      const size = end - Number(view.getBigUint64(at + 40, true));
      view.setBigUint64(at + 48, BigInt(size), true);
      view.setBigUint64(
        at + 32,
        BigInt(Math.ceil(size / 0x4000) * 0x4000),
        true,
      );
    }
    at += view.getUint32(at + 4, true);
  }
}

/** Takes the signature off a little-endian 64-bit file. */
export function unsign(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = view.getUint32(16, true);
  const size = view.getUint32(20, true);
  const command = 32 + size - 16;
  if (view.getUint32(command, true) !== 0x1d) throw new Error("not signed");
  const end = view.getUint32(command + 8, true);
  const out = file.slice(0, end);
  out.fill(0, command, command + 16);
  const after = new DataView(out.buffer);
  after.setUint32(16, count - 1, true);
  after.setUint32(20, size - 16, true);
  resizeLinkedit(after, end);
  return out;
}

/** A fat file of slices, each at a multiple of 4096. */
export function fat(
  slices: readonly (readonly [cpu: number, file: Uint8Array])[],
): Uint8Array {
  let at = 4096;
  const placed = slices.map(([cpu, file]) => {
    const offset = at;
    at = Math.ceil((at + file.length) / 4096) * 4096;
    return { cpu, file, offset };
  });
  const last = placed.at(-1);
  const out = new Uint8Array(
    last === undefined ? 8 : last.offset + last.file.length,
  );
  out.set(bytesOf(
    be32(0xcafebabe),
    be32(slices.length),
    ...placed.map(({ cpu, file, offset }) =>
      bytesOf(
        be32(cpu),
        be32(0),
        be32(offset),
        be32(file.length),
        be32(12),
      )
    ),
  ));
  for (const { file, offset } of placed) out.set(file, offset);
  return out;
}
