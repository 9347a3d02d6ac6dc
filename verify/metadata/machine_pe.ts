/**
 * Machine facts of PE images: the COFF machine and the optional header's
 * magic and subsystem (Microsoft PE Format, "COFF File Header" and "Optional
 * Header").
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Architecture, MachineFacts, System } from "./machine.ts";

const MACHINES: ReadonlyMap<number, Architecture> = new Map<
  number,
  Architecture
>([
  [0x014c, "x86"],
  [0x01c0, "arm"],
  [0x01c4, "arm"],
  [0x5032, "riscv32"],
  [0x5064, "riscv64"],
  [0x6264, "loongarch64"],
  [0x8664, "x86_64"],
  [0xaa64, "aarch64"],
]);

/** Subsystems 10 to 13 are programs of the firmware, 1 to 9 of Windows. */
function systemOf(subsystem: number): System | null {
  if (subsystem >= 10 && subsystem <= 13) return "efi";
  return subsystem >= 1 && subsystem <= 9 ? "windows" : null;
}

/** Machine facts of a PE image; null for anything else. */
export function peFacts(reader: Reader): MachineFacts | null {
  if (reader.size < 0x40) return null;
  const dos = reader.read(0, 0x40);
  if (dos[0] !== 0x4d || dos[1] !== 0x5a) return null;
  const start = view(dos).getUint32(0x3c, true);
  // Signature, COFF header, and the optional header up to its subsystem.
  if (start + 4 + 20 + 70 > reader.size) return null;
  const header = view(reader.read(start, 4 + 20 + 70));
  if (header.getUint32(0, true) !== 0x00004550) return null;
  const machine = header.getUint16(4, true);
  const optionalSize = header.getUint16(20, true);
  const magic = header.getUint16(24, true);
  return {
    format: "pe",
    architectures: [MACHINES.get(machine) ?? "unknown"],
    bits: magic === 0x20b ? 64 : magic === 0x10b ? 32 : null,
    endian: "little",
    system: optionalSize < 70
      ? null
      : systemOf(header.getUint16(24 + 68, true)),
    interpreter: null,
    systemVersion: null,
    machine: `Machine 0x${machine.toString(16).padStart(4, "0")}`,
  };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
