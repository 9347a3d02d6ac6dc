/**
 * COFF objects built by code.
 *
 * @module
 */

import { Canvas } from "./pe_fixture.ts";

const BIGOBJ_CLASS = [
  0xd1baa1c7,
  0x4ba9baee,
  0xf6fa20af,
  0xb8dca46a,
];

/** An object of two sections; `large` for the /bigobj form. */
export function object(large = false): Uint8Array {
  const header = large ? 56 : 20;
  const symbolBytes = large ? 20 : 18;
  const data = header + 80;
  const symbols = data + 16 + 4 + 10 + 6;
  const canvas = new Canvas(symbols + 2 * symbolBytes + 30);
  if (large) {
    canvas.u16(0, 0, 0xffff, 2, 0x8664);
    canvas.u32(8, 0x65f01234, ...BIGOBJ_CLASS);
    canvas.u32(44, 2, symbols, 2);
  } else {
    canvas.u16(0, 0x8664, 2);
    canvas.u32(4, 0x65f01234, symbols, 2);
  }
  canvas.put(header, ".text");
  canvas.u32(header + 16, 16, data, data + 20, data + 30);
  canvas.u16(header + 32, 1, 1);
  canvas.u32(header + 36, 0x60000020);
  canvas.put(header + 40, "/4");
  canvas.u32(header + 56, 4, data + 16);
  canvas.u32(header + 76, 0x42000040);
  canvas.noise(data, 36);
  canvas.put(symbols, "main");
  const strings = symbols + 2 * symbolBytes;
  canvas.u32(strings, 30);
  canvas.put(strings + 4, ".debug$S_of_a_long_name\0");
  return canvas.bytes;
}

/** A member of an import library. */
export function shortImport(): Uint8Array {
  const canvas = new Canvas(20 + 4 + 6);
  canvas.u16(0, 0, 0xffff, 0, 0x8664);
  canvas.u32(8, 0x65f01234, 10);
  canvas.put(20, "foo\0x.dll\0");
  return canvas.bytes;
}
