/**
 * Hostile ELF files: many headers that name the same notes, many build-ids
 * that each ask for a hash of the file, and symbols that share one name.
 *
 * @module
 */

import { bytesOf } from "../verify/format/damage.ts";

type Pair = readonly [left: Uint8Array, right: Uint8Array];

/** Every pair by its name; made when its turn comes. */
export const HOSTILE_ELF: Readonly<Record<string, () => Pair>> = {
  "ELF of sections that share 4096 notes": () =>
    both((value) =>
      elfOf({ notes: emptyNotes(4096), sections: 14_000, value })
    ),
  "ELF of segments that share 4096 notes": () =>
    both((value) =>
      elfOf({ notes: emptyNotes(4096), segments: 16_000, value })
    ),
  "ELF of segments that share 4096 notes, and sections": () =>
    both((value) =>
      elfOf({ notes: emptyNotes(4096), sections: 1, segments: 16_000, value })
    ),
  "ELF of 9000 build-ids": () =>
    both((value) => {
      const id = new Uint8Array(20).fill(7);
      const note = bytesOf(
        [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0],
        "GNU\0",
        id,
      );
      return elfOf({
        notes: bytesOf(...new Array<Uint8Array>(9000).fill(note)),
        sections: 9000,
        noteBytes: note.length,
        value,
      });
    }),
  "ELF of 20000 symbols of one name": () => both(elfOfOneName),
};

function both(make: (value: number) => Uint8Array): Pair {
  return [make(0), make(1)];
}

const NAMES = "\0.note.gnu.build-id\0";

interface Elf {
  readonly notes: Uint8Array;
  readonly sections?: number;
  readonly segments?: number;
  /** Bytes of one section each, where they do not all name all notes. */
  readonly noteBytes?: number;
  /** Last byte of the file. */
  readonly value: number;
}

/** Notes without owner and description. */
function emptyNotes(count: number): Uint8Array {
  return new Uint8Array(12 * count);
}

/** A file of notes, named again and again. */
function elfOf(
  { notes, sections = 0, segments = 0, noteBytes, value }: Elf,
): Uint8Array {
  const names = 64 + notes.length;
  const table = Math.ceil((names + NAMES.length) / 8) * 8;
  const count = sections === 0 ? 0 : sections + 2;
  const segmentTable = table + count * 64;
  const bytes = new Uint8Array(segmentTable + segments * 56 + 8);
  const view = headerOf(bytes, { sections: count, names: 1 });
  bytes.set(notes, 64);
  bytes.set(bytesOf(NAMES), names);
  if (sections > 0) view.setUint32(40, table, true);
  for (let index = 1; index < count; index++) {
    const at = table + index * 64;
    const isNote = index > 1;
    const from = noteBytes === undefined ? 0 : (index - 2) * noteBytes;
    const size = noteBytes ?? notes.length;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, isNote ? 7 : 3, true);
    view.setUint32(at + 24, isNote ? 64 + from : names, true);
    view.setUint32(at + 32, isNote ? size : NAMES.length, true);
    view.setUint32(at + 48, 4, true);
  }
  if (segments > 0) view.setUint32(32, segmentTable, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, segments, true);
  for (let index = 0; index < segments; index++) {
    const at = segmentTable + index * 56;
    view.setUint32(at, 4, true);
    view.setUint32(at + 8, 64, true);
    view.setUint32(at + 32, notes.length, true);
    view.setUint32(at + 48, 4, true);
  }
  bytes[bytes.length - 1] = value;
  return bytes;
}

function headerOf(
  bytes: Uint8Array,
  { sections, names }: { readonly sections: number; readonly names: number },
): DataView {
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setUint16(52, 64, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, sections, true);
  view.setUint16(62, names, true);
  return view;
}

/** A section of code in which every byte is a symbol of the same name. */
function elfOfOneName(value: number): Uint8Array {
  const count = 20_000;
  const text = 64;
  const table = text + count;
  const names = table + count * 24;
  const headers = names + 64;
  const bytes = new Uint8Array(headers + 4 * 64);
  const view = headerOf(bytes, { sections: 4, names: 3 });
  view.setUint32(40, headers, true);
  bytes.set(bytesOf("\0.text\0.symtab\0"), names);
  bytes[text + 1000] = value;
  for (let index = 0; index < count; index++) {
    const at = table + index * 24;
    view.setUint32(at, 1, true);
    bytes[at + 4] = 0x12;
    view.setUint16(at + 6, 1, true);
    view.setUint32(at + 8, index, true);
    view.setUint32(at + 16, 1, true);
  }
  for (
    const [index, parts] of [
      [1, 1, 6, text, count, 0],
      [7, 2, 0, table, count * 24, 3],
      [7, 3, 0, names, 64, 0],
    ].entries()
  ) {
    const at = headers + (index + 1) * 64;
    for (const [part, place] of [0, 4, 8, 24, 32, 40].entries()) {
      view.setUint32(at + place, parts[part] ?? 0, true);
    }
  }
  return bytes;
}
