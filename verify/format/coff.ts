/**
 * COFF object files, `/bigobj` objects and short import members.
 *
 * Specification: PE Format, "COFF File Header (Object and Image)" (20 bytes,
 * TimeDateStamp at 4), "Section Table", "COFF Relocations", "COFF Line
 * Numbers", "COFF Symbol Table", "Import Library Format" (20 bytes, stamp at
 * 8). Large objects start with ANON_OBJECT_HEADER_BIGOBJ of winnt.h: 56 bytes,
 * stamp at 8, class id at 12, counts of 32 bits at 44, symbols of 20 bytes.
 *
 * Objects have no magic number, so detection also wants a known machine, no
 * optional header, no image flags, and a section table or symbols that the
 * file has room for. A file that passes by accident loses nothing: what does
 * not add up is a problem, and problems forbid every mask.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import {
  claimObject,
  claimShortImport,
  type ObjectShape,
} from "./coff_object.ts";
import type { Format, Layout } from "./layout.ts";
import { PeBytes } from "./pe_bytes.ts";
import { ClaimMap } from "./pe_claims.ts";

const MACHINES = new Set([
  0x14c, // i386
  0x166, // MIPS little endian
  0x1c0, // ARM
  0x1c2, // Thumb
  0x1c4, // ARM Thumb-2
  0x200, // Itanium
  0x5032, // RISC-V 32
  0x5064, // RISC-V 64
  0x6232, // LoongArch 32
  0x6264, // LoongArch 64
  0x8664, // x64
  0xa641, // ARM64EC
  0xa64e, // ARM64X
  0xaa64, // ARM64
]);

/** IMAGE_FILE_EXECUTABLE_IMAGE, IMAGE_FILE_SYSTEM, IMAGE_FILE_DLL. */
const IMAGE_FLAGS = 0x0002 | 0x1000 | 0x2000;

const BIGOBJ_CLASS = [
  0xc7,
  0xa1,
  0xba,
  0xd1,
  0xee,
  0xba,
  0xa9,
  0x4b,
  0xaf,
  0x20,
  0xfa,
  0xf6,
  0x6a,
  0xa4,
  0xdc,
  0xb8,
];

/** The layout of COFF objects. */
export const coffFormat: Format = {
  name: "coff",
  detect(reader: Reader): boolean {
    return shapeOf(new PeBytes(reader)) !== null;
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const map = new ClaimMap("coff", reader.size, fieldsMax);
    const bytes = new PeBytes(reader);
    const shape = shapeOf(bytes);
    if (shape === "short-import") claimShortImport(map, bytes);
    else if (shape !== null) claimObject(map, bytes, shape);
    return map.layout();
  },
};

function shapeOf(bytes: PeBytes): ObjectShape | "short-import" | null {
  if (!bytes.has(0, 20)) return null;
  if (bytes.u16(0) === 0 && bytes.u16(2) === 0xffff) return anonymous(bytes);
  const sections = bytes.u16(2);
  const symbols = bytes.u32(8);
  const plausible = MACHINES.has(bytes.u16(0)) && bytes.u16(16) === 0 &&
    (bytes.u16(18) & IMAGE_FLAGS) === 0 &&
    bytes.has(20, sections * 40) && symbols <= bytes.size &&
    (sections > 0 || symbols > 0);
  return plausible
    ? { headerBytes: 20, sections, symbols: 8, symbolBytes: 18, stamp: 4 }
    : null;
}

/** Objects that start with an unknown machine and 0xffff. */
function anonymous(bytes: PeBytes): ObjectShape | "short-import" | null {
  const version = bytes.u16(4);
  if (!MACHINES.has(bytes.u16(6))) return null;
  if (version === 0) return "short-import";
  if (version < 2 || !bytes.has(0, 56)) return null;
  const classId = bytes.copy(12, 16);
  const sections = bytes.u32(44);
  return BIGOBJ_CLASS.every((byte, index) => classId[index] === byte) &&
      bytes.has(56, sections * 40)
    ? { headerBytes: 56, sections, symbols: 48, symbolBytes: 20, stamp: 8 }
    : null;
}
