/**
 * A small ELF file of either class and byte order: a build-id note, some text,
 * names of sections, a gap between sections and a payload behind the last.
 *
 * @module
 */

/** What a fixture is made of. */
export interface ElfFixture {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly text?: string;
  readonly buildId?: Uint8Array;
  readonly payload?: Uint8Array;
  /** Sections behind the others: name, type and bytes. */
  readonly more?: readonly (readonly [string, number, Uint8Array])[];
}

/** Makes the file. */
export function smallElf(
  {
    is64,
    littleEndian,
    text = "code and constants",
    buildId = Uint8Array.from({ length: 20 }, (_, index) => index + 1),
    payload = new TextEncoder().encode("payload"),
    more = [],
  }: ElfFixture,
): Uint8Array {
  const encoder = new TextEncoder();
  const header = is64 ? 64 : 52;
  const entry = is64 ? 64 : 40;
  const note = new Uint8Array(16 + buildId.length);
  const noteView = new DataView(note.buffer);
  noteView.setUint32(0, 4, littleEndian);
  noteView.setUint32(4, buildId.length, littleEndian);
  noteView.setUint32(8, 3, littleEndian);
  note.set(encoder.encode("GNU\0"), 12);
  note.set(buildId, 16);
  const names = ["", ".note.gnu.build-id", ".text", ".comment", ".shstrtab"]
    .concat(more.map(([name]) => name)).map((name) => `${name}\0`).join("");
  const bodies: (readonly [string, number, Uint8Array])[] = [
    [".note.gnu.build-id", 7, note],
    [".text", 1, encoder.encode(text)],
    [".comment", 1, encoder.encode("GCC: (fixture) 1.0\0")],
    [".shstrtab", 3, encoder.encode(names)],
    ...more,
  ];
  let at = header;
  const placed = bodies.map(([name, type, body]) => {
    const offset = Math.ceil(at / 16) * 16;
    at = offset + body.length;
    return { name, type, body, offset };
  });
  const tableOffset = Math.ceil(at / 8) * 8;
  const count = placed.length + 1;
  const end = tableOffset + count * entry;
  const bytes = new Uint8Array(end + payload.length);
  const view = new DataView(bytes.buffer);
  const half = (offset: number, value: number) =>
    view.setUint16(offset, value, littleEndian);
  const int = (offset: number, value: number) =>
    view.setUint32(offset, value, littleEndian);
  const word = (offset: number, value: number) =>
    is64
      ? view.setBigUint64(offset, BigInt(value), littleEndian)
      : int(offset, value);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1]);
  half(16, 3);
  half(18, is64 ? 62 : 8);
  int(20, 1);
  word(is64 ? 40 : 32, tableOffset);
  const counts = is64 ? 52 : 40;
  half(counts, header);
  half(counts + 6, entry);
  half(counts + 8, count);
  half(counts + 10, bodies.length - more.length);
  for (const [index, { name, type, body, offset }] of placed.entries()) {
    bytes.set(body, offset);
    const base = tableOffset + (index + 1) * entry;
    int(base, names.indexOf(`\0${name}\0`) + 1);
    int(base + 4, type);
    word(base + (is64 ? 24 : 16), offset);
    word(base + (is64 ? 32 : 20), body.length);
    word(base + (is64 ? 48 : 32), 4);
  }
  bytes.set(payload, end);
  return bytes;
}
