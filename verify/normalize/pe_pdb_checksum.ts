/**
 * `pe-pdb-checksum`: the hash of the PDB that belongs to an image.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum", PDB Checksum
 * Debug Directory Entry (type 19): name of the algorithm, then the hash of the
 * PDB with its id zeroed.
 *
 * Safe because only debuggers read it. Computed again where the image holds
 * the PDB itself and one checksum; otherwise the PDB is another file, and the
 * value only counts as derived from differences that are explained on their
 * own.
 *
 * Must not hide: the name of the algorithm, a field of its own, or a hash of
 * another length than that algorithm gives.
 *
 * @module
 */

import type { Field, Layout } from "../format/layout.ts";
import { sameBytes, toHex } from "../format/pe_der.ts";
import type { Reader } from "../reader.ts";
import type { Derivation, Normalizer } from "./normalizer.ts";
import { embeddedPdb, pdbChecksum, pdbChecksumFields } from "./pe_pdb.ts";

const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [32, "sha256"],
  [48, "sha384"],
  [64, "sha512"],
]);

/** The `pe-pdb-checksum` normaliser. */
export const pePdbChecksum: Normalizer = {
  id: "pe-pdb-checksum",
  format: "pe",
  action: "derive",
  summary: "hash of the PDB of an image",
  valid: (bytes) => ALGORITHMS.has(bytes.length),
  derive(reader: Reader, field: Field, layout: Layout): Derivation {
    const algorithm = ALGORITHMS.get(field.length);
    if (algorithm === undefined || pdbChecksumFields(layout).length !== 1) {
      return "not-recomputed";
    }
    const pdb = embeddedPdb(reader, layout);
    if (typeof pdb === "string") return pdb;
    const checksum = pdb === null ? null : pdbChecksum(pdb, algorithm);
    if (checksum === null) return "not-recomputed";
    return sameBytes(checksum, reader.read(field.offset, field.length))
      ? "agrees"
      : "disagrees";
  },
  show: toHex,
};
