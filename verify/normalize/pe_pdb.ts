/**
 * A portable PDB inside its own image.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum", Embedded
 * Portable PDB Debug Directory Entry (type 17: deflate) and "Portable PDB
 * Checksum" (hash of the PDB with its id of 20 bytes zeroed); "Portable PDB
 * v1.0 format", `#Pdb` stream (the id comes first); ECMA-335 6th edition
 * II.24.2.1 and II.24.2.2 for the root and the headers of the streams.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import type { Field, Layout } from "../format/layout.ts";
import { alignUp, PeBytes } from "../format/pe_bytes.ts";
import { type LimitName, LIMITS } from "../limits.ts";
import { type ContentId, idFromHash } from "./dotnet_content_id.ts";
import { MemoryReader, type Reader } from "../reader.ts";
import { recomputingOf } from "./recompute_budget.ts";

const ROOT_SIGNATURE = 0x424a5342;
const ID_BYTES = 20;

/**
 * The PDB in an image, expanded; null without one that can be read, and the
 * limit that it reached.
 */
export function embeddedPdb(
  reader: Reader,
  layout: Layout,
): Uint8Array | LimitName | null {
  const field = layout.fields.find((one) =>
    one.path === "pe/debug/embedded-pdb/pdb"
  );
  if (field === undefined) return null;
  if (field.length > LIMITS.pePdbBytesMax) return "pePdbBytesMax";
  const budget = recomputingOf(layout, reader.size);
  // How much it is is known only once it was expanded.
  const room = Math.min(LIMITS.pePdbBytesMax, budget.left);
  let pdb: Uint8Array;
  try {
    pdb = new Uint8Array(inflateRawSync(
      reader.read(field.offset, field.length),
      { maxOutputLength: Math.max(1, room) },
    ));
  } catch (cause) {
    budget.take(room < LIMITS.pePdbBytesMax ? room + 1 : room);
    return cause instanceof RangeError ? "pePdbBytesMax" : null;
  }
  budget.take(pdb.length);
  return pdb;
}

/** The ids that the checksums of PDBs in an image stand for. */
export function pdbIds(reader: Reader, layout: Layout): ContentId[] {
  return pdbChecksumFields(layout).map((field) =>
    idFromHash(reader.read(field.offset, field.length).slice())
  );
}

/** The fields with a checksum of a PDB. */
export function pdbChecksumFields(layout: Layout): Field[] {
  return layout.fields.filter((field) =>
    field.normalizer === "pe-pdb-checksum"
  );
}

/** Checksum of a portable PDB by its specification, or null for no PDB. */
export function pdbChecksum(
  pdb: Uint8Array,
  algorithm: string,
): Uint8Array | null {
  const id = idOffset(new PeBytes(new MemoryReader(pdb)));
  if (id === null) return null;
  const hash = createHash(algorithm);
  hash.update(pdb.subarray(0, id));
  hash.update(new Uint8Array(ID_BYTES));
  hash.update(pdb.subarray(id + ID_BYTES));
  return new Uint8Array(hash.digest());
}

function idOffset(bytes: PeBytes): number | null {
  if (!bytes.has(0, 20) || bytes.u32(0) !== ROOT_SIGNATURE) return null;
  let at = 16 + alignUp(bytes.u32(12), 4);
  if (!bytes.has(at, 4)) return null;
  const count = bytes.u16(at + 2);
  at += 4;
  for (let index = 0; index < count; index++) {
    const name = bytes.has(at, 8) ? bytes.text(at + 8, 32) : null;
    if (name === null) return null;
    const offset = bytes.u32(at);
    if (name === "#Pdb") return bytes.has(offset, ID_BYTES) ? offset : null;
    at += 8 + alignUp(name.length + 1, 4);
  }
  return null;
}
