/**
 * PE images built by code, with one of everything that the layout knows. Each
 * part stands at a place of its own, listed in {@linkcode AT}, so that a test
 * can lie about any of it.
 *
 * @module
 */

import { deflateRawSync } from "node:zlib";
import { alignUp } from "../../../verify/format/pe_bytes.ts";
import { randomNumbers, SEED } from "./damage.ts";

/** What to build. */
export interface ImageOptions {
  /** PE32+ rather than PE32. */
  readonly wide?: boolean;
  /** With a REPRO debug entry. */
  readonly reproducible?: boolean;
  /** With symbols, strings and a section of a long name. */
  readonly symbols?: boolean;
  /** Bytes behind the last section. */
  readonly overlay?: Uint8Array;
}

/** Offsets in the file; `data` is where .rdata starts, at RVA 0x2000. */
export const AT = {
  rich: 0x80,
  pe: 0xb0,
  coffStamp: 0xb8,
  optional: 0xc8,
  checksum: 0xc8 + 64,
  bound: 0x3a0,
  headersEnd: 0x400,
  text: 0x400,
  data: 0x600,
  loadConfig: 0x600,
  export: 0x680,
  import: 0x6c0,
  delay: 0x800,
  debug: 0x880,
  rsds: 0x940,
  repro: 0x980,
  pdbChecksum: 0x9b0,
  pogo: 0x9e0,
  embedded: 0xa00,
  cli: 0xa40,
  metadata: 0xa90,
  tables: 0xb00,
  guids: 0xb40,
  strongName: 0xb80,
  resource: 0xe00,
  symbols: 0x1200,
} as const;

const DATA_RVA = 0x2000;
const RESOURCE_RVA = 0x3000;
const TIME = 0x65f01234;

/** Offset of the data directory `index`. */
export function directoryAt(wide: boolean, index: number): number {
  return AT.optional + (wide ? 112 : 96) + index * 8;
}

/** Offset of the header of section `index`. */
export function sectionAt(wide: boolean, index: number): number {
  return directoryAt(wide, 16) + index * 40;
}

/** A file to write numbers and text into. */
export class Canvas {
  readonly bytes: Uint8Array;
  #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u16(offset: number, ...values: number[]): void {
    values.forEach((value, index) =>
      this.#view.setUint16(offset + index * 2, value, true)
    );
  }

  u32(offset: number, ...values: number[]): void {
    values.forEach((value, index) =>
      this.#view.setUint32(offset + index * 4, value, true)
    );
  }

  put(offset: number, data: string | Uint8Array): void {
    this.bytes.set(
      typeof data === "string" ? new TextEncoder().encode(data) : data,
      offset,
    );
  }

  noise(offset: number, length: number): void {
    const random = randomNumbers(SEED ^ offset);
    for (let index = 0; index < length; index++) {
      this.bytes[offset + index] = 1 + random(255);
    }
  }
}

/** An image with every part. */
export function image(options: ImageOptions = {}): Uint8Array {
  const { wide = true, symbols = false, overlay = new Uint8Array() } = options;
  const end = symbols ? AT.symbols + 2 * 18 + 32 : 0x1000;
  const canvas = new Canvas(end + overlay.length);
  writeHeaders(canvas, { wide, symbols });
  canvas.noise(AT.text, 0x1f0);
  writeTables(canvas, wide);
  writeDebug(canvas, options.reproducible === true);
  writeManaged(canvas);
  writeResources(canvas);
  if (symbols) writeSymbols(canvas);
  canvas.put(end, overlay);
  return canvas.bytes;
}

function writeHeaders(
  canvas: Canvas,
  { wide, symbols }: { wide: boolean; symbols: boolean },
): void {
  canvas.put(0, "MZ");
  canvas.noise(0x40, 0x40);
  canvas.u32(0x3c, AT.pe);
  const key = 0x1f2e3d4c;
  [0x536e6144, 0, 0, 0, 0x01057e94, 3, 0x01027e94, 7].forEach((word, index) =>
    canvas.u32(AT.rich + index * 4, (word ^ key) >>> 0)
  );
  canvas.u32(AT.rich + 32, 0x68636952, key);
  canvas.put(AT.pe, "PE\0\0");
  const sections = symbols ? 4 : 3;
  canvas.u16(AT.pe + 4, wide ? 0x8664 : 0x14c, sections);
  canvas.u32(AT.coffStamp, TIME, symbols ? AT.symbols : 0, symbols ? 2 : 0);
  canvas.u16(AT.pe + 20, (wide ? 112 : 96) + 128, 0x2022);
  const at = AT.optional;
  canvas.u16(at, wide ? 0x20b : 0x10b);
  canvas.u32(at + 4, 0x200, 0xa00, 0, 0x1000, 0x1000);
  canvas.u32(at + 24, wide ? 0x40000000 : 0x2000);
  canvas.u32(at + 32, 0x1000, 0x200);
  canvas.u16(at + 40, 6, 0, 0, 0, 6, 0);
  canvas.u32(at + 56, 0x5000, AT.headersEnd, 0);
  canvas.u16(at + 68, 3, 0x8160);
  canvas.u32(at + (wide ? 108 : 92), 16);
  const directory = (index: number, offset: number, size: number) =>
    canvas.u32(
      directoryAt(wide, index),
      offset < AT.headersEnd
        ? offset
        : offset >= AT.resource
        ? offset - AT.resource + RESOURCE_RVA
        : offset - AT.data + DATA_RVA,
      size,
    );
  directory(0, AT.export, 0x40);
  directory(1, AT.import, 60);
  directory(2, AT.resource, 0x180);
  directory(6, AT.debug, 6 * 28);
  directory(10, AT.loadConfig, 0x70);
  directory(11, AT.bound, 0x30);
  directory(13, AT.delay, 96);
  directory(14, AT.cli, 72);
  const section = (index: number, name: string, words: number[]) => {
    canvas.put(sectionAt(wide, index), name);
    canvas.u32(sectionAt(wide, index) + 8, ...words);
  };
  section(0, ".text", [0x1f0, 0x1000, 0x200, AT.text]);
  section(1, ".rdata", [0x800, 0x2000, 0x800, AT.data]);
  section(2, ".rsrc", [0x180, 0x3000, 0x200, AT.resource]);
  if (symbols) section(3, "/4", [0x200, 0x4000, 0x200, 0x1000]);
  canvas.u32(sectionAt(wide, 0) + 36, 0x60000020);
  canvas.u32(AT.bound, TIME);
  canvas.u16(AT.bound + 4, 0x20, 1);
  canvas.u32(AT.bound + 8, TIME);
  canvas.u16(AT.bound + 12, 0x28, 0);
  canvas.put(AT.bound + 0x20, "two.dll\0fwd.dll");
}

function writeTables(canvas: Canvas, wide: boolean): void {
  const rva = (offset: number) => offset - AT.data + DATA_RVA;
  canvas.u32(AT.loadConfig, 0x70, TIME);
  canvas.noise(AT.loadConfig + 8, 0x68);
  canvas.u32(AT.export, 0, TIME, 0, rva(AT.export + 40), 1);
  canvas.put(AT.export + 40, "self.dll");
  const thunk = (offset: number, value: number) => canvas.u32(offset, value);
  const width = wide ? 8 : 4;
  // one.dll is not bound though it has a stamp; two.dll is bound.
  const names = 0x7c0;
  canvas.u32(AT.import, rva(0x700), TIME, 0, rva(names), rva(0x730));
  canvas.u32(AT.import + 20, rva(0x760), TIME, 0, rva(names + 8), rva(0x790));
  for (let index = 0; index < 2; index++) {
    thunk(0x700 + index * width, rva(names + 24));
    thunk(0x730 + index * width, rva(names + 24));
    thunk(0x760 + index * width, rva(names + 24));
    thunk(0x790 + index * width, 0x77001000 + index * 16);
  }
  canvas.put(names, "one.dll\0two.dll");
  canvas.u16(names + 24, 5);
  canvas.put(names + 26, "Function");
  canvas.u32(AT.delay, 1, rva(names), 0, 0, 0, 0, 0, TIME);
  canvas.u32(AT.delay + 32, 1, rva(names + 8), 0, 0, 0, rva(0x790), 0, TIME);
}

function writeDebug(canvas: Canvas, reproducible: boolean): void {
  const entry = (index: number, type: number, place: [number, number]) => {
    const [offset, size] = place;
    const at = AT.debug + index * 28;
    canvas.u32(at, 0, TIME, 0, type, size, offset - AT.data + DATA_RVA, offset);
  };
  entry(0, 2, [AT.rsds, 24 + 20]);
  canvas.put(AT.rsds, "RSDS");
  canvas.noise(AT.rsds + 4, 16);
  canvas.u32(AT.rsds + 20, 1);
  canvas.put(AT.rsds + 24, "C:\\build\\self.pdb\0xy");
  entry(1, reproducible ? 16 : 14, [AT.repro, 36]);
  canvas.u32(AT.repro, 32);
  canvas.noise(AT.repro + 4, 32);
  entry(2, 19, [AT.pdbChecksum, 39]);
  canvas.put(AT.pdbChecksum, "SHA256\0");
  canvas.noise(AT.pdbChecksum + 7, 32);
  entry(3, 13, [AT.pogo, 16]);
  canvas.noise(AT.pogo, 16);
  const pdb = new TextEncoder().encode("a portable PDB");
  const packed = deflateRawSync(pdb);
  entry(4, 17, [AT.embedded, 8 + packed.length]);
  canvas.put(AT.embedded, "MPDB");
  canvas.u32(AT.embedded + 4, pdb.length);
  canvas.put(AT.embedded + 8, packed);
  // An entry without data.
  entry(5, 12, [AT.pogo, 0]);
  canvas.u32(AT.debug + 5 * 28 + 20, 0, 0);
}

function writeManaged(canvas: Canvas): void {
  const rva = (offset: number) => offset - AT.data + DATA_RVA;
  canvas.u32(AT.cli, 72, 0x00050002, rva(AT.metadata), 0xe0, 9);
  canvas.u32(AT.cli + 32, rva(AT.strongName), 128);
  canvas.noise(AT.strongName, 128);
  canvas.put(AT.metadata, "BSJB");
  canvas.u16(AT.metadata + 4, 1, 1);
  canvas.u32(AT.metadata + 12, 12);
  canvas.put(AT.metadata + 16, "v4.0.30319");
  canvas.u16(AT.metadata + 30, 2);
  canvas.u32(AT.metadata + 32, AT.tables - AT.metadata, 0x40);
  canvas.put(AT.metadata + 40, "#~");
  canvas.u32(AT.metadata + 44, AT.guids - AT.metadata, 0x20);
  canvas.put(AT.metadata + 52, "#GUID");
  canvas.u32(AT.tables + 4, 0x01000002);
  canvas.u32(AT.tables + 8, 0x5, 0);
  canvas.u32(AT.tables + 24, 1, 1);
  canvas.u16(AT.tables + 32, 0, 1, 2, 0, 0);
  canvas.noise(AT.guids, 32);
}

function writeResources(canvas: Canvas): void {
  const node = (at: number, entries: [number, number][]) => {
    canvas.u32(AT.resource + at, 0, TIME);
    canvas.u16(AT.resource + at + 14, entries.length);
    entries.forEach(([id, target], index) =>
      canvas.u32(AT.resource + at + 16 + index * 8, id, target)
    );
  };
  node(0, [[16, 0x80000020], [24, 0x80000040]]);
  node(0x20, [[1, 0x80000060]]);
  node(0x40, [[2, 0x80]]);
  node(0x60, [[1033, 0x80]]);
  canvas.u32(AT.resource + 0x80, RESOURCE_RVA + 0x90, 0x10);
  canvas.noise(AT.resource + 0x90, 0x10);
}

function writeSymbols(canvas: Canvas): void {
  canvas.noise(0x1000, 0x200);
  canvas.put(AT.symbols, "main");
  canvas.put(AT.symbols + 18, "data");
  canvas.u32(AT.symbols + 36, 32);
  canvas.put(AT.symbols + 40, ".debug_info\0");
}

/** The image with a certificate table of these entries' contents. */
export function withCertificates(
  bytes: Uint8Array,
  wide: boolean,
  contents: readonly Uint8Array[],
): Uint8Array {
  const start = alignUp(bytes.length, 8);
  const lengths = contents.map((one) => alignUp(8 + one.length, 8));
  const size = lengths.reduce((sum, length) => sum + length, 0);
  const canvas = new Canvas(start + size);
  canvas.put(0, bytes);
  canvas.u32(directoryAt(wide, 4), start, size);
  let at = start;
  contents.forEach((one, index) => {
    canvas.u32(at, lengths[index] as number);
    canvas.u16(at + 4, 0x0200, 2);
    canvas.put(at + 8, one);
    at += lengths[index] as number;
  });
  return canvas.bytes;
}
