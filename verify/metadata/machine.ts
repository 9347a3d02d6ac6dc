/**
 * What the headers of an artifact say of the machine it is for: ELF (System V
 * gABI 4.1, figure 4-4 and the registered e_machine values), PE (Microsoft PE
 * Format, "Machine Types"), Mach-O (Apple `mach-o/loader.h`, `fat.h`) and
 * WebAssembly (Core 3.0, section 5.5.16).
 *
 * An ELF header rarely names its system: Linux programs carry ABI 0, as most
 * others do. So the system of an ELF file may stay unknown, which is not the
 * same as another system.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { machOFacts } from "./machine_macho.ts";
import { elfFacts } from "./machine_elf.ts";
import { peFacts } from "./machine_pe.ts";

/** Processor families under one name each, whatever a format calls them. */
export type Architecture =
  | "x86"
  | "x86_64"
  | "arm"
  | "aarch64"
  | "riscv32"
  | "riscv64"
  | "ppc64"
  | "ppc64le"
  | "s390x"
  | "loongarch64"
  | "wasm32"
  | "unknown";

/** Operating systems that a header can name. */
export type System =
  | "linux"
  | "macos"
  | "ios"
  | "ios-simulator"
  | "mac-catalyst"
  | "windows"
  | "freebsd"
  | "netbsd"
  | "openbsd"
  | "solaris"
  | "efi"
  /** One that the header names and that has no name here. */
  | "other";

/** What the headers say. */
export interface MachineFacts {
  readonly format: "elf" | "pe" | "macho" | "wasm";
  /** Every architecture inside; more than one in a universal Mach-O file. */
  readonly architectures: readonly Architecture[];
  readonly bits: 32 | 64 | null;
  readonly endian: "little" | "big";
  /** System that the header names; null when it names none. */
  readonly system: System | null;
  /** Program interpreter of an ELF file; null when it needs none. */
  readonly interpreter: string | null;
  /** Lowest version of the system, where the header has one. */
  readonly systemVersion: string | null;
  /** The raw machine value, as the specification writes it. */
  readonly machine: string;
}

/**
 * Reads the machine facts; null for bytes that are none of the formats or
 * whose header is cut short.
 */
export function machineFacts(reader: Reader): MachineFacts | null {
  return elfFacts(reader) ?? peFacts(reader) ?? machOFacts(reader) ??
    wasmFacts(reader);
}

function wasmFacts(reader: Reader): MachineFacts | null {
  if (reader.size < 8) return null;
  const head = reader.read(0, 8);
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (!magic.every((byte, index) => head[index] === byte)) return null;
  return {
    format: "wasm",
    architectures: ["wasm32"],
    bits: 32,
    endian: "little",
    system: null,
    interpreter: null,
    systemVersion: null,
    machine: `version ${head[4]}`,
  };
}
