/**
 * Machine facts of ELF files: `e_machine`, `EI_OSABI` and the interpreter of
 * the `PT_INTERP` segment (System V gABI 4.1, chapters 4 and 5).
 *
 * @module
 */

import { type ElfHeaders, isElf, readElf } from "../format/elf_header.ts";
import type { Reader } from "../reader.ts";
import type { Architecture, MachineFacts, System } from "./machine.ts";

const INTERPRETER_BYTES_MAX = 4096;
const SEGMENT_INTERPRETER = 3;

/**
 * Registered values of e_machine. The class and the order of bytes are part of
 * what an architecture name means; other combinations stay unknown.
 */
function architectureOf(headers: ElfHeaders): Architecture {
  const { machine, is64, littleEndian } = headers;
  const bits = is64 ? 64 : 32;
  const order = littleEndian ? "little" : "big";
  return ARCHITECTURES[`${machine}/${bits}/${order}`] ?? "unknown";
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  "3/32/little": "x86",
  "21/64/big": "ppc64",
  "21/64/little": "ppc64le",
  "22/64/big": "s390x",
  "40/32/little": "arm",
  "62/64/little": "x86_64",
  "183/64/little": "aarch64",
  "243/32/little": "riscv32",
  "243/64/little": "riscv64",
  "258/64/little": "loongarch64",
};

/** Values of EI_OSABI that name a system. */
const SYSTEMS: ReadonlyMap<number, System> = new Map<number, System>([
  [2, "netbsd"],
  [3, "linux"],
  [6, "solaris"],
  [9, "freebsd"],
  [12, "openbsd"],
]);

/** Machine facts of an ELF file; null for anything else. */
export function elfFacts(reader: Reader): MachineFacts | null {
  if (!isElf(reader)) return null;
  const abi = reader.read(7, 1)[0] as number;
  const headers = readElf(reader);
  const { is64, littleEndian, machine } = headers;
  const segment = headers.segments.find(({ type }) =>
    type === SEGMENT_INTERPRETER
  );
  return {
    format: "elf",
    architectures: [architectureOf(headers)],
    bits: is64 ? 64 : 32,
    endian: littleEndian ? "little" : "big",
    system: SYSTEMS.get(abi) ?? null,
    interpreter: segment === undefined ? null : text(reader, segment),
    systemVersion: null,
    machine: `e_machine ${machine}`,
  };
}

function text(
  reader: Reader,
  { offset, fileSize }: { readonly offset: number; readonly fileSize: number },
): string {
  const length = Math.min(
    fileSize,
    INTERPRETER_BYTES_MAX,
    Math.max(0, reader.size - offset),
  );
  if (!(length > 0)) return "";
  const bytes = reader.read(offset, length);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}
