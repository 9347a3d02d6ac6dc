/**
 * `pe-pdb-checksum`: the hash of the PDB that belongs to an image.
 *
 * Specification: .NET runtime, "PE/COFF Specification Addendum", PDB Checksum
 * Debug Directory Entry (type 19): name of the algorithm, then the hash of the
 * PDB with its id zeroed.
 *
 * Safe because only debuggers read it. Not recomputed: the PDB is another
 * file.
 *
 * Must not hide: the name of the algorithm, a field of its own, or a hash of
 * another length than that algorithm gives.
 *
 * @module
 */

import type { Normalizer } from "./normalizer.ts";
import { toHex } from "../format/pe_der.ts";

const HASH_BYTES = [32, 48, 64];

/** The `pe-pdb-checksum` normaliser. */
export const pePdbChecksum: Normalizer = {
  id: "pe-pdb-checksum",
  format: "pe",
  action: "derive",
  summary: "hash of the PDB of an image",
  valid: (bytes) => HASH_BYTES.includes(bytes.length),
  derive: () => "not-recomputed",
  show: toHex,
};
