/**
 * Dynamic ELF files of 64 bits that hold nothing but what a loader asks for:
 * one loaded segment over the whole file, a dynamic segment, its strings.
 *
 * @module
 */

/** What a file asks for. */
export interface DynamicElf {
  /** Names of needed libraries. */
  readonly needs?: readonly string[];
  /** Bytes of the file, if more than it takes. */
  readonly size?: number;
}

const HEADER = 64;
const SEGMENT = 56;

/** Makes the file. */
export function dynamicElf({ needs = [], size = 0 }: DynamicElf): Uint8Array {
  const strings = new TextEncoder().encode(`\0${needs.join("\0")}\0`);
  const dynamic = HEADER + 2 * SEGMENT;
  const entries = needs.length + 3;
  const stringsAt = dynamic + 16 * entries;
  const end = Math.max(size, stringsAt + strings.length);
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  const words = (at: number, ...values: number[]) =>
    values.forEach((value, index) =>
      view.setBigUint64(at + 8 * index, BigInt(value), true)
    );
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, 62, true);
  words(32, HEADER);
  view.setUint16(54, SEGMENT, true);
  view.setUint16(56, 2, true);
  // Type and flags, then offset, address twice, sizes, alignment.
  view.setUint32(HEADER, 1, true);
  words(HEADER + 8, 0, 0, 0, end, end, 1);
  view.setUint32(HEADER + SEGMENT, 2, true);
  const length = 16 * entries;
  words(HEADER + SEGMENT + 8, dynamic, dynamic, dynamic, length, length, 8);
  let at = 1;
  needs.forEach((name, index) => {
    words(dynamic + 16 * index, 1, at);
    at += name.length + 1;
  });
  words(dynamic + 16 * needs.length, 5, stringsAt, 10, strings.length, 0, 0);
  bytes.set(strings, stringsAt);
  return bytes;
}
