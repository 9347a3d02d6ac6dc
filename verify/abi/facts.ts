/**
 * The lowest system that an artifact asks for, by its headers: the loader and
 * symbol versions of an ELF file, `LC_BUILD_VERSION` or `LC_VERSION_MIN_*` of
 * each slice of a Mach-O file, and the subsystem version of a PE image, which
 * Windows compares with its own (Microsoft PE Format, "Optional Header").
 *
 * @module
 */

import { machOFacts, machOSlices } from "../metadata/machine_macho.ts";
import { peFacts } from "../metadata/machine_pe.ts";
import type { System } from "../metadata/machine.ts";
import type { Reader } from "../reader.ts";
import type { Unreadable } from "./elf_dynamic.ts";
import { type ElfNeeds, elfNeeds } from "./elf_needs.ts";
import { compareVersions } from "./version_order.ts";

/** A lowest version of a system. */
export interface SystemNeeds {
  readonly kind: "system";
  readonly system: System;
  /** Of the slice that asks for the highest one. */
  readonly version: string;
}

/** What an artifact asks of its system. */
export type AbiFacts = ElfNeeds | SystemNeeds | Unreadable;

/** Reads what an artifact asks for; null for bytes that ask for no system. */
export function abiFacts(reader: Reader): AbiFacts | null {
  return elfNeeds(reader) ?? peNeeds(reader) ?? machoNeeds(reader);
}

function peNeeds(reader: Reader): SystemNeeds | Unreadable | null {
  const facts = peFacts(reader);
  if (facts === null) return null;
  if (facts.system === null) {
    return { kind: "unreadable", reason: "no subsystem that is known" };
  }
  const head = reader.read(0, 0x40);
  const start = new DataView(head.buffer, head.byteOffset).getUint32(
    0x3c,
    true,
  );
  // MajorSubsystemVersion and MinorSubsystemVersion, in PE32 and PE32+ alike.
  const bytes = reader.read(start + 24 + 48, 4).slice();
  const view = new DataView(bytes.buffer);
  return {
    kind: "system",
    system: facts.system,
    version: `${view.getUint16(0, true)}.${view.getUint16(2, true)}`,
  };
}

function machoNeeds(reader: Reader): SystemNeeds | Unreadable | null {
  if (machOFacts(reader) === null) return null;
  const slices = [...machOSlices(reader)].map((slice) =>
    slice === null ? null : machOFacts(slice)
  );
  const system = slices[0]?.system ?? null;
  let version: string | null = null;
  for (const slice of slices) {
    const own = slice?.systemVersion ?? null;
    if (own === null || slice?.system !== system || system === null) {
      return { kind: "unreadable", reason: "a slice without a lowest system" };
    }
    if (version === null || compareVersions(version, own) < 0) version = own;
  }
  return version === null || system === null
    ? { kind: "unreadable", reason: "no lowest system" }
    : { kind: "system", system, version };
}
